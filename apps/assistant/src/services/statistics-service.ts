import { readMetrics } from '@pluggram/observability'
import type { AssistantMetrics } from '@pluggram/observability'
import type { PluginPermissions, StatisticsService } from '@pluggram/sdk'

/** Lets a plugin with the permission read the metrics. */
export function statisticsFor(
  permissions: PluginPermissions | undefined,
  { metrics, refuse }: { readonly metrics: AssistantMetrics; readonly refuse: () => never },
): StatisticsService {
  return {
    read: async (names) => (permissions?.metrics === true ? readMetrics(metrics.registry, names) : refuse()),
  }
}
