import { definePart } from '@pluggram/assembly'
import { Health } from '@pluggram/observability'
import { createWeb } from '../web.ts'
import * as tokens from './tokens.ts'

/** Pages, health, API and webhook. They accept requests once all parts have started. */
export const webPages = definePart({
  name: 'web',
  needs: {
    configuration: tokens.configuration,
    settings: tokens.settings,
    telegram: tokens.telegram,
    toolServer: tokens.toolServer,
    metrics: tokens.metrics,
    overview: tokens.overview,
    access: tokens.access,
    routes: tokens.routes,
    healthChecks: tokens.healthChecks,
    mask: tokens.mask,
    logger: tokens.logger,
  },
  gives: tokens.web,
  async start({ configuration, settings, routes, healthChecks, access, ...needs }, life) {
    const health = new Health()
    const web = await createWeb({
      ...needs,
      health,
      configuration: configuration.now,
      mcpToken: settings.at('mcp', 'token'),
      pairingCode: () => access.pairingCode(),
    })
    life.onStop(() => web.close())
    life.add(tokens.pages, web)
    life.onOpen(async () => {
      for (const { name, check, ...options } of healthChecks) health.register(name, check, options)
      for (const register of routes) register(web.server)
      await web.listen()
    })
    return web
  },
})
