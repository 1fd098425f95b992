import { definePart } from '@pluggram/assembly'
import { repeat } from '@pluggram/base'
import { Findings } from '@pluggram/observability'
import { registerFindingRoutes } from '../http/finding-routes.ts'
import { findings, findingSources, logger, mask, metrics, routes, settings } from './tokens.ts'

/** What is wrong right now. The log names each finding when it appears and when it is gone. */
export const currentFindings = definePart({
  name: 'findings',
  needs: { mask, findingSources, logger, metrics, settings },
  gives: findings,
  start(needs, life) {
    const found = new Findings(needs.mask)
    const { logger: log } = needs
    needs.metrics.show('findings_open', () =>
      (['error', 'warning'] as const).map((severity) => ({
        labels: { severity },
        value: found.now.filter((one) => one.severity === severity).length,
      })),
    )
    life.add(routes, (server) => registerFindingRoutes(server, found))
    life.onStop(
      found.onChange(({ source, opened, resolved }) => {
        const isLogged = needs.findingSources.some(({ name, ...one }) => name === source && one.isLogged)
        for (const { id, severity, what, why, fix } of opened) {
          log[isLogged ? 'debug' : 'warn']('found a problem', { finding: id, severity, what, why, fix })
        }
        for (const { id, what } of resolved)
          log[isLogged ? 'debug' : 'info']('a problem is gone', { finding: id, what })
      }),
    )
    life.onOpen(() => {
      const section = needs.settings.at('alerts')
      const everyMs = (): number => section.now.lookSeconds * 1_000
      const look = async (): Promise<number> => {
        await found.look(needs.findingSources)
        return everyMs()
      }
      const looks = repeat(look, {
        everyMs: everyMs(),
        onError: (error) => log.error('cannot look for problems', { err: error }),
      })
      life.onStop(() => looks.stop())
    })
    return found
  },
})
