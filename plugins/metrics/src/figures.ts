import type { MetricReading, MetricSample } from '@pluggram/sdk'
import type { PluginBar } from './chart.ts'
import { TEXTS } from './texts.ts'

/** The metrics that `/stats` reads. */
export const NAMES = [
  'plugin_requests_total',
  'plugin_processing_seconds',
  'inbox_updates_accepted_total',
  'inbox_updates_failed_total',
  'lanes_pending_updates',
  'outbox_unsent_messages',
  'telegram_flood_waits_total',
  'pluggram_start_time_seconds',
  'process_resident_memory_bytes',
] as const

/** The only value of a metric without labels. */
export function single(readings: readonly MetricReading[], name: (typeof NAMES)[number]): number {
  return samples(readings, name)[0]?.value ?? 0
}

/** Answers of each plugin, the busiest first. Messages that a plugin passed on do not count. */
export function pluginBars(readings: readonly MetricReading[]): readonly PluginBar[] {
  const bars = new Map<string, { ok: number; failed: number }>()
  for (const { labels, value } of samples(readings, 'plugin_requests_total')) {
    const { plugin = '', outcome } = labels
    const bar = bars.get(plugin) ?? { ok: 0, failed: 0 }
    if (outcome === 'ok' || outcome === 'refused') bar.ok += value
    else if (outcome !== 'pass') bar.failed += value
    bars.set(plugin, bar)
  }
  return [...bars]
    .map(([name, bar]) => ({ name, ...bar }))
    .filter(({ ok, failed }) => ok + failed > 0)
    .toSorted((a, b) => b.ok + b.failed - (a.ok + a.failed))
}

/** A few lines of figures for the caption. */
export function describeFigures(readings: readonly MetricReading[], now: number): string {
  const hours = (now / 1_000 - single(readings, 'pluggram_start_time_seconds')) / 3_600
  const times = samples(readings, 'plugin_processing_seconds')
  const count = times.reduce((sum, { value }) => sum + value, 0)
  const seconds = times.reduce((sum, sample) => sum + (sample.sum ?? 0), 0)
  return [
    TEXTS.runningMb(
      hours < 1 ? `${Math.max(0, Math.round(hours * 60))} min` : `${Math.round(hours * 10) / 10} h`,
      Math.round(single(readings, 'process_resident_memory_bytes') / 1_048_576),
    ),
    TEXTS.messagesFailedWaitingNot(
      single(readings, 'inbox_updates_accepted_total'),
      single(readings, 'inbox_updates_failed_total'),
      single(readings, 'lanes_pending_updates'),
      single(readings, 'outbox_unsent_messages'),
    ),
    TEXTS.pluginTookAverageTelegram(
      count === 0 ? '–' : `${Math.round((seconds / count) * 1_000)} ms`,
      single(readings, 'telegram_flood_waits_total'),
    ),
  ].join('\n')
}

function samples(readings: readonly MetricReading[], name: string): readonly MetricSample[] {
  return readings.find((reading) => reading.name === name)?.samples ?? []
}
