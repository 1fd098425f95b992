import type { ConfiguredManifest, PluginManifest, StandardSchemaV1 } from '@pluggram/sdk'
import { z } from 'zod'

function isStandardSchema(value: unknown): value is StandardSchemaV1 {
  const isHolder = (typeof value === 'object' && value !== null) || typeof value === 'function'
  if (!isHolder || !('~standard' in value)) return false
  const standard: unknown = value['~standard']
  return typeof standard === 'object' && standard !== null && 'validate' in standard
}

const oneLine = z.string().trim().min(1, 'is empty')

const commandSchema = z.looseObject({
  description: oneLine.max(256, 'has more than 256 characters'),
  usage: z.string().optional(),
  examples: z.array(z.string()).optional(),
  menu: z.boolean().optional(),
  urgent: z.boolean().optional(),
  execute: z
    .custom<(...args: never[]) => unknown>((value) => typeof value === 'function', 'is no function')
    .optional(),
})

/** A package.json cannot hold a RegExp, so a text is taken for one. */
const patternSchema = z.union([z.instanceof(RegExp), z.string()]).transform((pattern, context) => {
  try {
    // g and y would make a pattern remember where it stopped
    return typeof pattern === 'string'
      ? new RegExp(pattern, 'u')
      : new RegExp(pattern.source, pattern.flags.replaceAll(/[gy]/g, ''))
  } catch {
    context.addIssue('is no regular expression')
    return z.NEVER
  }
})

const seconds = z.number().positive().max(3_600)

const manifestSchema = z.looseObject({
  name: z.string().optional(),
  version: z.string().max(100).optional(),
  description: oneLine.optional(),
  help: z.string().optional(),
  config: z
    .custom<StandardSchemaV1>(isStandardSchema, 'is no Standard Schema (for example z.object({ … }))')
    .optional(),
  permissions: z
    .looseObject({
      network: z.array(z.string()).optional(),
      database: z.boolean().optional(),
      schedule: z.boolean().optional(),
      ai: z.boolean().optional(),
      telegram: z.array(z.string()).optional(),
      databases: z.array(z.string()).optional(),
      files: z.boolean().optional(),
    })
    .optional(),
  commands: z
    .record(
      z.string().regex(/^[a-z0-9_]{1,32}$/, 'a command has 1 to 32 lower case letters, digits and _'),
      commandSchema,
    )
    .optional(),
  patterns: z.array(patternSchema).optional(),
  updates: z
    .array(z.enum(['message', 'edited_message']))
    .min(1, 'is empty')
    .optional(),
  priority: z.number().optional(),
  isolation: z.enum(['inline', 'process']).optional(),
  timeouts: z
    .strictObject({
      startSeconds: seconds.optional(),
      callSeconds: seconds.optional(),
      statusSeconds: seconds.optional(),
      cleanupSeconds: seconds.optional(),
    })
    .optional(),
  idempotent: z.boolean().optional(),
  configure: z
    .custom<(config: unknown) => ConfiguredManifest>((value) => typeof value === 'function', 'is no function')
    .optional(),
})

const KNOWN_KEYS = new Set([...Object.keys(manifestSchema.shape), 'setup', 'icon', '$schema'])
const KNOWN_COMMAND_KEYS = new Set(Object.keys(commandSchema.shape))

export type ManifestOutcome =
  | { readonly manifest: PluginManifest; readonly warnings: readonly string[] }
  | { readonly issues: readonly string[] }

/** Checks a manifest of any origin. Keys that this release does not know are warned about and left out. */
export function parseManifest(value: unknown): ManifestOutcome {
  const parsed = manifestSchema.safeParse(value)
  if (!parsed.success) {
    return {
      issues: parsed.error.issues.map((issue) => `${issue.path.join('.') || 'manifest'}: ${issue.message}`),
    }
  }
  const manifest: Record<string, unknown> = {}
  for (const key of Object.keys(manifestSchema.shape)) {
    const member = parsed.data[key]
    if (member !== undefined) manifest[key] = member
  }
  return { manifest: manifest as PluginManifest, warnings: unknownKeys(parsed.data) }
}

function unknownKeys(manifest: z.infer<typeof manifestSchema>): string[] {
  const unknown = Object.keys(manifest).filter((key) => !KNOWN_KEYS.has(key))
  for (const [name, command] of Object.entries(manifest.commands ?? {})) {
    const extra = Object.keys(command).filter((key) => !KNOWN_COMMAND_KEYS.has(key))
    unknown.push(...extra.map((key) => `commands.${name}.${key}`))
  }
  return unknown.map((key) => `this release does not know '${key}' in a manifest; it is ignored`)
}

/** Puts the static part of a package.json under the manifest that the code carries. */
export function mergeManifests(
  fromPackage: Readonly<Record<string, unknown>>,
  fromCode: Readonly<Record<string, unknown>>,
): Record<string, unknown> {
  const merged: Record<string, unknown> = { ...fromPackage, ...definedMembers(fromCode) }
  const [under, over] = [fromPackage['commands'], fromCode['commands']]
  if (!isRecord(under) || !isRecord(over)) return merged
  const names = [...new Set([...Object.keys(under), ...Object.keys(over)])]
  merged['commands'] = Object.fromEntries(
    names.map((name) => {
      const [low, high] = [under[name], over[name]]
      return [name, isRecord(low) && isRecord(high) ? { ...low, ...high } : (high ?? low)]
    }),
  )
  return merged
}

/** Adds what `configure` gave: records are joined, lists of permissions too, anything else replaces what stood there. */
export function addConfigured(
  manifest: Readonly<Record<string, unknown>>,
  configured: Readonly<Record<string, unknown>>,
): Record<string, unknown> {
  const joined = definedMembers(configured)
  for (const key of Object.keys(joined)) {
    const [under, over] = [manifest[key], joined[key]]
    if (isRecord(under) && isRecord(over)) joined[key] = joinMembers(under, over)
  }
  return { ...manifest, ...joined }
}

function joinMembers(
  under: Readonly<Record<string, unknown>>,
  over: Readonly<Record<string, unknown>>,
): Record<string, unknown> {
  const joined = definedMembers(over)
  for (const [key, member] of Object.entries(joined)) {
    const before = under[key]
    if (Array.isArray(before) && Array.isArray(member))
      joined[key] = [...new Set<unknown>([...before, ...member])]
  }
  return { ...under, ...joined }
}

function definedMembers(record: Readonly<Record<string, unknown>>): Record<string, unknown> {
  return Object.fromEntries(Object.entries(record).filter(([, member]) => member !== undefined))
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}
