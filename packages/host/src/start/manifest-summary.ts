import type {
  CredentialDefinition,
  PluginIsolation,
  PluginManifest,
  PluginPermissions,
  PluginTimeouts,
} from '@pluggram/sdk'

/** What the host must know about a manifest before it starts the plugin. */
export interface ManifestSummary {
  readonly permissions: PluginPermissions
  readonly timeouts: PluginTimeouts
  readonly isIdempotent: boolean
  /** Chats may have settings of their own. */
  readonly isPerChat?: boolean
  readonly credentials?: Readonly<Record<string, CredentialDefinition>>
  readonly requires?: readonly string[]
  readonly isolation?: PluginIsolation
}

export function summariseManifest(manifest: PluginManifest): ManifestSummary {
  return {
    permissions: manifest.permissions ?? {},
    timeouts: manifest.timeouts ?? {},
    isIdempotent: manifest.idempotent === true,
    ...(manifest.perChat && manifest.perChat.length > 0 && { isPerChat: true }),
    ...(manifest.credentials && { credentials: manifest.credentials }),
    ...(manifest.requires && { requires: manifest.requires }),
    ...(manifest.isolation !== undefined && { isolation: manifest.isolation }),
  }
}
