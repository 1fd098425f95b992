import { z } from 'zod'
import { PERMISSIONS } from '../permissions.ts'
import type { PermissionName, PermissionRow, PluginPermissions } from '../permissions.ts'

/** A flag permission, or one name of a list permission, as requested and granted. */
export interface PermissionLine {
  readonly permission: PermissionName
  readonly item?: string
  /** Text for people: `ai`, or `network: api.example.com`. */
  readonly text: string
}

const MAX_ITEMS = 1_000

/**
 * The schema members of a permissions object, shared by manifests, plugin processes and
 * plugins_config.json.
 */
export const permissionShape = Object.fromEntries(
  permissionRows().map(([name, row]) => [name, memberSchema(row).optional()]),
) as { [Name in PermissionName]: z.ZodOptional<z.ZodType<PluginPermissions[Name]>> }

/** The rows of the table, in order. */
export function permissionRows(): (readonly [PermissionName, PermissionRow])[] {
  return Object.entries(PERMISSIONS) as [PermissionName, PermissionRow][]
}

/** Lists permissions, one line for each flag and for each name in a list. */
export function permissionLines(permissions: PluginPermissions): PermissionLine[] {
  return permissionRows().flatMap(([permission]): PermissionLine[] => {
    const value = permissions[permission]
    if (typeof value !== 'object') return value === true ? [{ permission, text: permission }] : []
    return value.map((item) => ({ permission, item, text: `${permission}: ${item}` }))
  })
}

function memberSchema({ kind, items, maxItemCharacters = 100 }: PermissionRow): z.ZodType {
  if (kind === 'flag') return z.boolean()
  const item = z.string().max(maxItemCharacters)
  return z.array(items === 'host' ? item.superRefine(refuseAddress) : item).max(MAX_ITEMS)
}

/** An address would never match a host that a plugin connects to. */
function refuseAddress(text: string, context: z.RefinementCtx): void {
  if (!/[/?#@\s]/.test(text)) return
  const host = /^(?:[a-z][a-z0-9+.-]*:\/\/)?(?:[^/@]*@)?([^/?#\s]+)/i.exec(text.trim())?.[1]
  const hint = host === undefined ? '' : `; write ${host}`
  context.addIssue({ code: 'custom', message: `"${text}" is an address, and this takes hosts${hint}` })
}
