import type { ShowMetric } from './shown-metrics.ts'

/** Figures that other components keep anyway. */
export interface StatisticsSource {
  pipeline(): {
    readonly pending: number
    readonly unsent: number
    readonly accepted: number
    readonly answered: number
    readonly failed: number
    readonly parked: number
    readonly undelivered: number
    readonly ambiguous: number
  }
  messenger(): { readonly repeatedSends: number; readonly floodWaits: number; readonly blockedChats: number }
  /** Whether updates can arrive, and when something last came. */
  receiving(): {
    readonly mode: 'polling' | 'webhook'
    readonly isReady: boolean
    readonly lastAt?: Date | undefined
  }
  /** The plugins that are on. */
  plugins(): readonly { readonly name: string; readonly state: string; readonly crashes: number }[]
}

const RUNNING = new Set(['running', 'idle'])

/** Shows figures of inbox, outbox, lanes, sender and plugin states. */
export function showStatistics(show: ShowMetric, source: StatisticsSource): void {
  show('inbox_updates_accepted_total', () => source.pipeline().accepted)
  show('inbox_updates_answered_total', () => source.pipeline().answered)
  show('inbox_updates_failed_total', () => source.pipeline().failed)
  show('inbox_updates_parked_total', () => source.pipeline().parked)
  show('lanes_pending_updates', () => source.pipeline().pending)
  show('outbox_unsent_messages', () => source.pipeline().unsent)
  show('outbox_undelivered_total', () => source.pipeline().undelivered)
  show('outbox_ambiguous_total', () => source.pipeline().ambiguous)
  show('telegram_repeated_sends_total', () => source.messenger().repeatedSends)
  show('telegram_flood_waits_total', () => source.messenger().floodWaits)
  show('telegram_blocked_chats', () => source.messenger().blockedChats)
  show('telegram_receiving', () => Number(source.receiving().isReady))
  show('telegram_last_received_time_seconds', () => {
    const { mode, lastAt } = source.receiving()
    return lastAt && [{ labels: { mode }, value: lastAt.getTime() / 1_000 }]
  })
  const perPlugin = (read: (plugin: { state: string; crashes: number }) => number) => () =>
    source.plugins().map((plugin) => ({ labels: { plugin: plugin.name }, value: read(plugin) }))
  show(
    'plugin_up',
    perPlugin(({ state }) => Number(RUNNING.has(state))),
  )
  show(
    'plugin_recent_crashes',
    perPlugin(({ crashes }) => crashes),
  )
}
