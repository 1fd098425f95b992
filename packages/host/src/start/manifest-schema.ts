import { findClosest } from '@pluggram/base'
import type { ConfiguredManifest, PluginManifest, StandardSchemaV1 } from '@pluggram/sdk'
import { jsonSchemaOf, permissionShape, TOOL_EFFECTS } from '@pluggram/sdk/runtime'
import { z } from 'zod'
import { CREDENTIAL_KEYS, credentialsSchema, withCredentials } from './credential-schema.ts'

function isStandardSchema(value: unknown): value is StandardSchemaV1 {
  const isHolder = (typeof value === 'object' && value !== null) || typeof value === 'function'
  if (!isHolder || !('~standard' in value)) return false
  const standard: unknown = value['~standard']
  return typeof standard === 'object' && standard !== null && 'validate' in standard
}

const oneLine = z.string().trim().min(1, 'is empty')

const languageCode = z.string().regex(/^[a-z]{2}$/, 'is not a language of two letters')
export const localText = z.union([oneLine.max(32), z.record(languageCode, oneLine.max(32))], {
  error: 'is neither a text of at most 32 characters nor one for each language',
})

const commandSchema = z.looseObject({
  description: oneLine.max(256, 'has more than 256 characters'),
  usage: z.string().optional(),
  examples: z.array(z.string()).optional(),
  translations: z.record(languageCode, oneLine.max(256, 'has more than 256 characters')).optional(),
  role: z.enum(['owner', 'trusted', 'everyone']).optional(),
  chats: z.enum(['private', 'groups']).optional(),
  menu: z.boolean().optional(),
  urgent: z.boolean().optional(),
  execute: z
    .custom<(...args: never[]) => unknown>((value) => typeof value === 'function', 'is no function')
    .optional(),
})

/** Bounded, because a tool's schema is sent to the model with every request. */
const MAX_SCHEMA_CHARACTERS = 32_768

const toolSchema = z.looseObject({
  description: oneLine.max(1_024, 'has more than 1,024 characters'),
  schema: z
    .custom<StandardSchemaV1>(isStandardSchema, 'is no Standard Schema (for example z.object({ … }))')
    .refine((schema) => jsonSchemaOf(schema)?.['type'] === 'object', {
      error: 'has no JSON form of type object; use z.object({ … })',
    })
    .refine((schema) => JSON.stringify(jsonSchemaOf(schema)).length <= MAX_SCHEMA_CHARACTERS, {
      error: `has more than ${MAX_SCHEMA_CHARACTERS} characters as JSON Schema`,
    })
    .optional(),
  role: z.enum(['owner', 'trusted', 'everyone']).optional(),
  effect: z.enum(TOOL_EFFECTS).optional(),
  result: z.enum(['own', 'foreign']).optional(),
  execute: z.custom<(...args: never[]) => unknown>((value) => typeof value === 'function', 'is no function'),
})

/** A package.json cannot contain a RegExp, so a string is parsed as one. */
const patternSchema = z.union([z.instanceof(RegExp), z.string()]).transform((pattern, context) => {
  try {
    // the flags g and y make a pattern keep its position between calls
    return typeof pattern === 'string'
      ? new RegExp(pattern, 'u')
      : new RegExp(pattern.source, pattern.flags.replaceAll(/[gy]/g, ''))
  } catch {
    context.addIssue('is no regular expression')
    return z.NEVER
  }
})

const scheduleSchema = z
  .looseObject({
    every: z.strictObject({ seconds: z.number().min(1).max(31_622_400) }).optional(),
    cron: oneLine.max(200).optional(),
    timeZone: oneLine.max(100).optional(),
    missed: z.enum(['skip', 'once', 'all']).optional(),
    jitterSeconds: z.number().min(0).max(86_400).optional(),
    timeoutSeconds: z.number().positive().max(600).optional(),
    execute: z.custom<(...args: never[]) => unknown>(
      (value) => typeof value === 'function',
      'is no function',
    ),
  })
  .refine(({ every, cron }) => every === undefined || cron === undefined, 'has both every and cron')

const seconds = z.number().positive().max(3_600)

const manifestSchema = z.looseObject({
  name: z.string().optional(),
  version: z.string().max(100).optional(),
  title: localText.optional(),
  description: oneLine.optional(),
  help: z.string().optional(),
  config: z
    .custom<StandardSchemaV1>(isStandardSchema, 'is no Standard Schema (for example z.object({ … }))')
    .optional(),
  perChat: z.array(oneLine.max(200)).max(200).optional(),
  permissions: z.looseObject(permissionShape).optional(),
  credentials: credentialsSchema.optional(),
  commands: z
    .record(
      z.string().regex(/^[a-z0-9_]{1,32}$/, 'a command has 1 to 32 lower case letters, digits and _'),
      commandSchema,
    )
    .optional(),
  tools: z
    .record(
      z.string().regex(/^[a-z0-9_]{1,32}$/, 'a tool has 1 to 32 lower case letters, digits and _'),
      toolSchema,
    )
    .optional(),
  requires: z
    .array(z.string().regex(/^[a-z][a-z0-9_]*$/, 'is not a plugin name'))
    .max(20)
    .optional(),
  schedules: z
    .record(
      z.string().regex(/^[a-z0-9_]{1,32}$/, 'a schedule has 1 to 32 lower case letters, digits and _'),
      scheduleSchema,
    )
    .optional(),
  patterns: z.array(patternSchema).optional(),
  startPrefixes: z
    .array(z.string().regex(/^[\w-]{1,64}$/, 'a prefix has 1 to 64 letters, digits, _ and -'))
    .max(100)
    .optional(),
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
const KNOWN_MEMBER_KEYS = {
  commands: new Set(Object.keys(commandSchema.shape)),
  tools: new Set(Object.keys(toolSchema.shape)),
  schedules: new Set(Object.keys(scheduleSchema.shape)),
  credentials: CREDENTIAL_KEYS,
} as const

const KNOWN_PERMISSIONS = new Set(Object.keys(permissionShape))

export type ManifestOutcome =
  | { readonly manifest: PluginManifest; readonly warnings: readonly string[] }
  | { readonly issues: readonly string[] }

/** Validates a manifest of any origin. Unknown keys cause a warning and are dropped. */
export function parseManifest(value: unknown): ManifestOutcome {
  const parsed = manifestSchema.safeParse(value)
  if (!parsed.success) {
    return {
      issues: parsed.error.issues.map((issue) => {
        const { message } = (issue.code === 'invalid_key' && issue.issues[0]) || issue
        return `${issue.path.join('.') || 'manifest'}: ${message}`
      }),
    }
  }
  const manifest: Record<string, unknown> = {}
  for (const key of Object.keys(manifestSchema.shape)) {
    const member = parsed.data[key]
    if (member !== undefined) manifest[key] = member
  }
  const { permissions, credentials } = parsed.data as Pick<PluginManifest, 'permissions' | 'credentials'>
  const asked = withCredentials(permissions, credentials)
  const hasSchedules = Object.keys(parsed.data.schedules ?? {}).length > 0
  if (asked || hasSchedules) manifest['permissions'] = { ...asked, ...(hasSchedules && { schedule: true }) }
  return { manifest: manifest as PluginManifest, warnings: unknownKeys(parsed.data) }
}

function unknownKeys(manifest: z.infer<typeof manifestSchema>): string[] {
  const warnings = describeUnknown('', manifest, KNOWN_KEYS)
  for (const kind of ['commands', 'tools', 'schedules', 'credentials'] as const) {
    for (const [name, member] of Object.entries(manifest[kind] ?? {})) {
      warnings.push(...describeUnknown(`${kind}.${name}.`, member, KNOWN_MEMBER_KEYS[kind]))
    }
  }
  warnings.push(...describeUnknown('permissions.', manifest.permissions ?? {}, KNOWN_PERMISSIONS))
  return warnings
}

function describeUnknown(before: string, member: object, known: ReadonlySet<string>): string[] {
  return Object.keys(member)
    .filter((key) => !known.has(key))
    .map((key) => {
      const meant = findClosest(key, known)
      const hint = meant === undefined ? '' : `; did you mean ${meant}?`
      return `unknown manifest key '${before}${key}' ignored${hint}`
    })
}

/** Merges the static part from package.json into the code's manifest, which takes precedence. */
export function mergeManifests(
  fromPackage: Readonly<Record<string, unknown>>,
  fromCode: Readonly<Record<string, unknown>>,
): Record<string, unknown> {
  const merged: Record<string, unknown> = { ...fromPackage, ...definedMembers(fromCode) }
  for (const kind of ['commands', 'tools']) {
    const [under, over] = [fromPackage[kind], fromCode[kind]]
    if (isRecord(under) && isRecord(over)) merged[kind] = mergeMembers(under, over)
  }
  return merged
}

function mergeMembers(
  under: Readonly<Record<string, unknown>>,
  over: Readonly<Record<string, unknown>>,
): Record<string, unknown> {
  const names = [...new Set([...Object.keys(under), ...Object.keys(over)])]
  return Object.fromEntries(
    names.map((name) => {
      const [low, high] = [under[name], over[name]]
      return [name, isRecord(low) && isRecord(high) ? { ...low, ...high } : (high ?? low)]
    }),
  )
}

/**
 * Merges the result of `configure`: it joins records and lists of permissions, and replaces
 * anything else.
 */
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
