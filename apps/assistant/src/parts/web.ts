import { definePart } from '@pluggram/assembly'
import { createWeb } from '../web.ts'
import * as tokens from './tokens.ts'

/** A part that is degraded works in part. */
const OK_VALUES = { ok: 1, degraded: 0.5, starting: 0, failed: 0 }

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
    health: tokens.health,
    mask: tokens.mask,
    logger: tokens.logger,
  },
  gives: tokens.web,
  async start({ configuration, settings, routes, access, ...needs }, life) {
    const web = await createWeb({
      ...needs,
      configuration: configuration.now,
      mcpToken: settings.at('mcp', 'token'),
      metricsToken: settings.at('http', 'metricsToken'),
      password: settings.at('http', 'password'),
      pairingCode: () => access.pairingCode(),
    })
    life.onStop(() => web.close())
    life.add(tokens.pages, web)
    life.onOpen(async () => {
      needs.metrics.show('health_component_ok', async () =>
        Object.entries((await needs.health.report()).components).map(([component, { status }]) => ({
          labels: { component },
          value: OK_VALUES[status],
        })),
      )
      for (const register of routes) register(web.server)
      await web.listen()
    })
    return web
  },
})
