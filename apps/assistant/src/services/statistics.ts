import type { AssistantMetrics } from '@pluggram/observability'
import type { PluginBoard } from '../plugin-board.ts'
import type { Telegram } from '../telegram.ts'

/** Exposes figures of inbox, outbox, sender and host in `/metrics`. */
export function watchStatistics(
  metrics: AssistantMetrics,
  { telegram, board }: { readonly telegram: Telegram; readonly board: PluginBoard },
): void {
  metrics.watch({
    pipeline: () => telegram.pipeline.stats(),
    messenger: () => telegram.messengerStats(),
    receiving: () => telegram.receiving(),
    plugins: () => board.states().filter(({ state, origin }) => state !== 'off' && origin !== 'built-in'),
  })
}
