import type { AssistantMetrics } from '@pluggram/observability'
import type { PluginHost } from '@pluggram/host'
import type { Telegram } from '../telegram.ts'

/** Shows in `/metrics` what inbox, outbox, sender and host know about themselves. */
export function watchStatistics(
  metrics: AssistantMetrics,
  { telegram, host }: { readonly telegram: Telegram; readonly host: PluginHost },
): void {
  metrics.watch({
    pipeline: () => telegram.pipeline.stats(),
    messenger: () => telegram.messengerStats(),
    plugins: () => host.states().filter(({ state, origin }) => state !== 'off' && origin !== 'built-in'),
  })
}
