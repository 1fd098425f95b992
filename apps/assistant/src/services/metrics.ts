import type { PluginScope } from '@pluggram/host'
import type { PluginMetrics } from '@pluggram/observability'
import type { MetricsService } from '@pluggram/sdk'
import { createMetricsService } from '@pluggram/services/plugin-side'

/** A plugin's metrics, closed when the plugin stops. */
export function createPluginMetricsService(
  plugin: string,
  { metrics, scope }: { readonly metrics: PluginMetrics; readonly scope: PluginScope },
): MetricsService {
  const sink = metrics.open(plugin)
  scope.onEnd(() => sink.close())
  return createMetricsService(sink)
}
