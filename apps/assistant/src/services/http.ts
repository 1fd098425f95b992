import type { ProxyFor } from '@pluggram/base'
import { createGuardedHttp, createResilientHttp, EdgeCredentials } from '@pluggram/host'
import type { PluginScope } from '@pluggram/host'
import type { AssistantMetrics } from '@pluggram/observability'
import type { HttpService, Logger, PluginManifest } from '@pluggram/sdk'

/** A plugin's HTTP access to its granted hosts, with its credentials, counted in the metrics. */
export function httpFor(
  plugin: string,
  { permissions, credentials }: { [Key in 'permissions' | 'credentials']: PluginManifest[Key] | undefined },
  parts: {
    readonly metrics: AssistantMetrics
    readonly scope: PluginScope
    readonly logger: Logger
    readonly proxyFor: ProxyFor
    ownPort(): number | undefined
    /** The value of a credential that the owner set for the plugin. */
    readonly credential: (plugin: string, name: string) => string | undefined
    onRefused(message: string): void
  },
): HttpService {
  const told = new Set<string>()
  const value = (name: string): string | undefined => {
    const found = parts.credential(plugin, name)
    if (found === undefined && !told.has(name)) {
      told.add(name)
      parts.logger.warn(
        `the credential ${name} is not set, so requests go without it; run "pluggram secrets set ${plugin}.${name}"`,
      )
    }
    return found
  }
  const client = createGuardedHttp({
    plugin,
    permissions,
    proxyFor: parts.proxyFor,
    ...(credentials && {
      credentials: new EdgeCredentials({
        definitions: credentials,
        granted: permissions?.credentials,
        valueFor: (name) => value(name),
      }),
    }),
    ownPort: () => parts.ownPort(),
    onRefused: (message) => parts.onRefused(message),
    onOpen: (close) => void parts.scope.add('connections to other servers', close),
  })
  return createResilientHttp({
    client,
    onOutcome: (outcome) => parts.metrics.httpRequested(plugin, outcome),
  })
}
