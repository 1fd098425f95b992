import { isIP } from 'node:net'
import type { PermissionName, PluginPermissions } from '@pluggram/sdk'
import { permissionLines, PERMISSIONS, permissionRows } from '@pluggram/sdk/runtime'
import type { PermissionLine, PermissionRow } from '@pluggram/sdk/runtime'
import type { PluginProblem } from './plugin-problem.ts'

/** What the owner grants a plugin: everything it requests, or the listed permissions. */
export type Grants = PluginPermissions | 'everything'

/** A plugin's requested permissions as short lines, such as `network: api.example.com`. */
export function describePermissions(permissions: PluginPermissions): string[] {
  return permissionLines(permissions).map(({ text }) => text)
}

/** The permissions that a plugin requests but does not have. */
export function missingGrants(asked: PluginPermissions, granted: Grants): string[] {
  if (granted === 'everything') return []
  const given = permissionLines(granted)
  const missing = permissionLines(asked).filter((line) => !given.some((grant) => covers(grant, line)))
  return missing.map(({ text }) => text)
}

function covers(grant: PermissionLine, asked: PermissionLine): boolean {
  if (grant.text === asked.text) return true
  const row: PermissionRow = PERMISSIONS[asked.permission]
  const [pattern, host] = [grant.item, asked.item]
  const isOfHosts = grant.permission === asked.permission && row.items === 'host'
  return isOfHosts && pattern !== undefined && host !== undefined && coversHost(pattern, host)
}

/** The requested permissions that only inline plugins get, whatever was granted. */
export function inlineOnly(permissions: PluginPermissions): PermissionName[] {
  return permissionLines(permissions)
    .map(({ permission }) => permission)
    .filter(isInlineOnly)
}

function isInlineOnly(name: string): name is PermissionName {
  return permissionRows().some(([known, row]) => known === name && row.isInlineOnly === true)
}

/** Tells an owner which setting runs a plugin inside the assistant. */
export function trustAdvice(name: string): string {
  return `if you trust it as you trust yourself, "plugin_host": { "plugins": { "${name}": { "isolation": "inline" } } } in config.json.`
}

/**
 * Whether a granted name such as `*.example.com` includes `host`, which may also be a pattern. `*`
 * covers every name on the internet; numeric addresses and this machine must be granted explicitly.
 */
export function coversHost(pattern: string, host: string): boolean {
  const [wide, narrow] = [pattern.toLowerCase(), host.toLowerCase()]
  if (wide === '*') return narrow !== 'localhost' && isIP(narrow.replaceAll(/[[\]]/g, '')) === 0
  return (
    wide === narrow || (wide.startsWith('*.') && narrow.endsWith(wide.slice(1)) && narrow !== wide.slice(1))
  )
}

/** The problem of a plugin that is not started because it requests more than it was granted. */
export function grantProblem(
  plugin: { readonly name: string; readonly file?: string },
  missing: readonly string[],
): PluginProblem {
  const { name, file } = plugin
  const step = missing.some(isInlineOnly)
    ? `Only plugins inside the assistant manage it: ${trustAdvice(name)}`
    : `To allow it, run "pluggram plugins grant ${name} --yes".`
  return {
    plugin: name,
    severity: 'error',
    code: 'plugin-not-granted',
    message: `Plugin ${name} is not started: it needs ${missing.join(', ')}, which has not been granted. ${step}`,
    ...(file !== undefined && { file }),
  }
}
