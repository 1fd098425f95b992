import { isIP } from 'node:net'
import type { PluginPermissions } from '@pluggram/sdk'
import type { PluginProblem } from './plugin-problem.ts'

/** What the owner allows a plugin: everything it asks for, or what is listed. */
export type Grants = PluginPermissions | 'everything'

const FLAGS = ['ai', 'tools', 'database', 'schedule', 'files', 'observe', 'metrics', 'admin'] as const
const LISTS = ['network', 'telegram', 'databases'] as const

/** What a plugin asks for as short lines, such as `network: api.example.com`. */
export function describePermissions(permissions: PluginPermissions): string[] {
  return [
    ...LISTS.flatMap((kind) => (permissions[kind] ?? []).map((item) => `${kind}: ${item}`)),
    ...FLAGS.filter((kind) => permissions[kind] === true),
  ]
}

/** What a plugin asks for and was not granted. */
export function missingGrants(asked: PluginPermissions, granted: Grants): string[] {
  if (granted === 'everything') return []
  const given = new Set(describePermissions(granted))
  const hosts = granted.network ?? []
  return describePermissions(asked).filter((line) => {
    if (given.has(line)) return false
    const host = /^network: (.*)$/.exec(line)?.[1]
    return host === undefined || !hosts.some((pattern) => coversHost(pattern, host))
  })
}

/**
 * Whether a granted name such as `*.example.com` includes `host`, which may be such a name itself. `*` is every name
 * of the internet; an address in numbers or this machine has to be named.
 */
export function coversHost(pattern: string, host: string): boolean {
  const [wide, narrow] = [pattern.toLowerCase(), host.toLowerCase()]
  if (wide === '*') return narrow !== 'localhost' && isIP(narrow.replaceAll(/[[\]]/g, '')) === 0
  return (
    wide === narrow || (wide.startsWith('*.') && narrow.endsWith(wide.slice(1)) && narrow !== wide.slice(1))
  )
}

/** Why a plugin that asks for more than it was granted is not started. */
export function grantProblem(
  plugin: { readonly name: string; readonly file?: string },
  missing: readonly string[],
): PluginProblem {
  const { name, file } = plugin
  const step = missing.includes('admin')
    ? `Only plugins inside the assistant manage it: if you trust it as you trust yourself, "plugin_host": { "plugins": { "${name}": { "isolation": "inline" } } } in config.json.`
    : `If you trust it with that, run "pluggram plugins grant ${name} --yes".`
  return {
    plugin: name,
    severity: 'error',
    code: 'plugin-not-granted',
    message: `Plugin ${name} is not started: it asks for ${missing.join(', ')}, which was not granted. ${step}`,
    ...(file !== undefined && { file }),
  }
}
