import type { ProxyFor } from '@pluggram/base'
import { createGuardedHttp, createResilientHttp } from '@pluggram/host'
import type { PluginScope } from '@pluggram/host'
import type { AssistantMetrics } from '@pluggram/observability'
import type { HttpService, PluginPermissions } from '@pluggram/sdk'

/** A plugin's HTTP access to its granted hosts, counted in the metrics. */
export function httpFor(
  plugin: string,
  permissions: PluginPermissions | undefined,
  parts: {
    readonly metrics: AssistantMetrics
    readonly scope: PluginScope
    readonly proxyFor: ProxyFor
    ownPort(): number | undefined
    onRefused(message: string): void
  },
): HttpService {
  const client = createGuardedHttp({
    plugin,
    permissions,
    proxyFor: parts.proxyFor,
    ownPort: () => parts.ownPort(),
    onRefused: (message) => parts.onRefused(message),
    onOpen: (close) => void parts.scope.add('connections to other servers', close),
  })
  return createResilientHttp({
    client,
    onOutcome: (outcome) => parts.metrics.httpRequested(plugin, outcome),
  })
}
