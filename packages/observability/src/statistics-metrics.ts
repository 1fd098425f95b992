import { Counter, Gauge } from 'prom-client'
import type { Registry } from 'prom-client'

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
  /** The plugins that are on. */
  plugins(): readonly { readonly name: string; readonly state: string; readonly crashes: number }[]
}

const RUNNING = new Set(['running', 'idle'])

/** Adds metrics of inbox, outbox, lanes, sender and plugin states. */
export function addStatisticsMetrics(registry: Registry, source: StatisticsSource): void {
  const total = (name: string, help: string, read: () => number): void => {
    const counter: Counter = new Counter({
      name,
      help,
      registers: [registry],
      collect() {
        counter.reset()
        counter.inc(read())
      },
    })
  }
  const now = (name: string, help: string, read: () => number): void => {
    const gauge: Gauge = new Gauge({ name, help, registers: [registry], collect: () => gauge.set(read()) })
  }
  total('inbox_updates_accepted_total', 'Updates taken in', () => source.pipeline().accepted)
  total('inbox_updates_answered_total', 'Updates that were worked off', () => source.pipeline().answered)
  total('inbox_updates_failed_total', 'Updates whose plugin failed', () => source.pipeline().failed)
  total(
    'inbox_updates_parked_total',
    'Updates set aside because they ended the program repeatedly',
    () => source.pipeline().parked,
  )
  now(
    'lanes_pending_updates',
    'Updates that wait in lanes or are being answered',
    () => source.pipeline().pending,
  )
  now('outbox_unsent_messages', 'Messages that are on disk and not sent yet', () => source.pipeline().unsent)
  total('outbox_undelivered_total', 'Messages given up', () => source.pipeline().undelivered)
  total('outbox_ambiguous_total', 'Sends with unknown outcome', () => source.pipeline().ambiguous)
  total(
    'telegram_repeated_sends_total',
    'Messages sent again because the answer to an earlier try was lost',
    () => source.messenger().repeatedSends,
  )
  total(
    'telegram_flood_waits_total',
    'How often Telegram asked to slow down (429)',
    () => source.messenger().floodWaits,
  )
  now(
    'telegram_blocked_chats',
    'Chats left alone since the bot is blocked there',
    () => source.messenger().blockedChats,
  )
  addPluginStates(registry, source)
}

function addPluginStates(registry: Registry, source: StatisticsSource): void {
  const up: Gauge<'plugin'> = new Gauge({
    name: 'plugin_up',
    help: '1 when the plugin can be asked, 0 when it failed, is parked or restarting',
    labelNames: ['plugin'],
    registers: [registry],
    collect() {
      up.reset()
      for (const { name, state } of source.plugins()) up.labels(name).set(RUNNING.has(state) ? 1 : 0)
    },
  })
  const crashes: Gauge<'plugin'> = new Gauge({
    name: 'plugin_recent_crashes',
    help: "Crashes of the plugin's process within the last five minutes",
    labelNames: ['plugin'],
    registers: [registry],
    collect() {
      crashes.reset()
      for (const plugin of source.plugins()) crashes.labels(plugin.name).set(plugin.crashes)
    },
  })
}
