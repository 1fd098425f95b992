import { z } from 'zod'
import { PERMISSIONS } from '../permissions.ts'
import type { PermissionName, PermissionRow, PluginPermissions } from '../permissions.ts'

/** A permission, or one name of a list of them, as it is asked for and granted. */
export interface PermissionLine {
  readonly permission: PermissionName
  readonly item?: string
  /** For people: `ai`, or `network: api.example.com`. */
  readonly text: string
}

const MAX_ITEMS = 1_000

/**
 * The members of an object with permissions, whether a manifest, a plugin process or
 * plugins_config.json holds it.
 */
export const permissionShape = Object.fromEntries(
  permissionRows().map(([name, row]) => [name, memberSchema(row).optional()]),
) as { [Name in PermissionName]: z.ZodOptional<z.ZodType<PluginPermissions[Name]>> }

/** The table's rows in their order. */
export function permissionRows(): (readonly [PermissionName, PermissionRow])[] {
  return Object.entries(PERMISSIONS) as [PermissionName, PermissionRow][]
}

/** What is asked for or granted, a line for each flag and each name of a list. */
export function permissionLines(permissions: PluginPermissions): PermissionLine[] {
  return permissionRows().flatMap(([permission]): PermissionLine[] => {
    const value = permissions[permission]
    if (typeof value !== 'object') return value === true ? [{ permission, text: permission }] : []
    return value.map((item) => ({ permission, item, text: `${permission}: ${item}` }))
  })
}

function memberSchema({ kind, maxItemCharacters = 100 }: PermissionRow): z.ZodType {
  return kind === 'flag' ? z.boolean() : z.array(z.string().max(maxItemCharacters)).max(MAX_ITEMS)
}
