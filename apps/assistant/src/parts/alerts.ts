import { definePart } from '@pluggram/assembly'
import { repeat } from '@pluggram/base'
import { alertOf, ExplainedErrors } from '../alerts/alert-kinds.ts'
import type { Alert } from '../alerts/alert-kinds.ts'
import { NOBODY, undelivered } from '../alerts/alert-findings.ts'
import { ALERTS_PLUGIN, AlertPost } from '../alerts/alert-post.ts'
import { Alerts } from '../alerts/alerts.ts'
import { createAlertsPlugin } from '../alerts/alerts-plugin.ts'
import { budgetAlerts } from '../alerts/budget-alerts.ts'
import * as tokens from './tokens.ts'

/** No plugin can have this name. */
const STORE = 'alerts:told'
const EVERY_MS = 5_000

/** Tells owners in Telegram what does not work, and answers `/alerts`. */
export const ownerAlerts = definePart({
  name: 'alerts',
  needs: {
    settings: tokens.settings,
    storage: tokens.storage,
    timeZones: tokens.timeZones,
    access: tokens.access,
    board: tokens.board,
    findings: tokens.findings,
    models: tokens.models,
    outgoing: tokens.outgoing,
    logger: tokens.logger,
  },
  start({ settings, storage, timeZones, access, board, findings, models, outgoing, logger }, life) {
    const section = settings.at('alerts')
    const zoneOf = (userId: number): string => timeZones.store.of(userId) ?? timeZones.own
    const isFailing = (area: string): boolean =>
      findings.now.some(({ id, severity }) => id.startsWith(area) && severity === 'error')
    const explained = new ExplainedErrors()
    const current = (): readonly Alert[] | undefined => {
      if (!findings.isKnown) return undefined
      const plugins = board.hosted.plugins().map(({ descriptor }) => descriptor.name)
      const found = findings.now.flatMap((finding) => alertOf(finding) ?? [])
      return [...explained.leaveOut(found), ...budgetAlerts(models.budgetUse(plugins))]
    }
    const alerts = new Alerts({
      settings: () => section.now,
      owners: () => access.rules.owners(),
      zoneOf,
      current,
      isStorageDown: () => isFailing('storage.'),
      isSendingDown: () => isFailing('flow.sending'),
      post: new AlertPost(outgoing),
      store: storage.pluginStores.forPlugin(STORE),
      logger,
    })
    life.add(tokens.ownPlugins, {
      name: ALERTS_PLUGIN,
      definition: createAlertsPlugin({
        alerts,
        settings: () => section.now,
        current,
        zoneOf,
        restart: (plugin) => board.restart(plugin),
      }),
    })
    life.add(tokens.findingSources, {
      name: 'the alerts',
      check: () => [
        ...(section.now.enabled && alerts.recipients().length === 0 && !access.rules.isOwned()
          ? [NOBODY]
          : []),
        ...alerts.unreachable().map(undelivered),
      ],
    })
    life.onOpen(() => {
      const rounds = repeat(() => alerts.round(), {
        everyMs: EVERY_MS,
        onError: (error) => logger.error('cannot tell owners what is wrong', { err: error }),
      })
      const stopListening = findings.onChange(() => rounds.within(0))
      life.onStop(() => (stopListening(), alerts.stop()))
      life.onStop(() => rounds.stop())
    })
  },
})
