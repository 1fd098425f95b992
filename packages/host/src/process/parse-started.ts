import { ERROR_CODES } from '@pluggram/sdk'
import type { PluginPermissions } from '@pluggram/sdk'
import { CALL_KINDS, permissionShape, permittedCalls, TOOL_EFFECTS } from '@pluggram/sdk/runtime'
import type { PluginDescriptor } from '@pluggram/sdk/runtime'
import { z } from 'zod'
import type { ManifestSummary } from '../start/manifest-summary.ts'
import type { PluginProblem } from '../plugin-problem.ts'
import { ProblemError } from '../plugin-problem.ts'
import { issuesSchema } from '../calls/config-issues.ts'
import { MAX_CONFIG_SCHEMA_CHARACTERS } from '../start/descriptor.ts'
import { credentialsSchema } from '../start/credential-schema.ts'
import { guardPatterns } from './guarded-pattern.ts'
import type { Loaded, Started } from '../wire/protocol.ts'

const text = z.string().max(20_000)
const line = z.string().max(2_000)
/** The limit of `manifest-schema.ts`, with a margin for the copy. */
const MAX_SCHEMA_CHARACTERS = 40_000
const words = z.record(z.string().max(10), z.string().max(500))
const seconds = z.number().positive().max(3_600).optional()

const problemSchema = z.object({
  severity: z.enum(['error', 'warning']),
  code: z.enum(ERROR_CODES),
  message: text,
  file: line.optional(),
  line: z.number().int().optional(),
  column: z.number().int().optional(),
  issues: issuesSchema.optional(),
})

const summarySchema = z.object({
  permissions: z.object(permissionShape),
  timeouts: z.object({
    startSeconds: seconds,
    callSeconds: seconds,
    statusSeconds: seconds,
    cleanupSeconds: seconds,
  }),
  isIdempotent: z.boolean(),
  isPerChat: z.boolean().optional(),
  credentials: credentialsSchema.optional(),
  requires: z.array(line).max(20).optional(),
  isolation: z.enum(['inline', 'process']).optional(),
})

const loadedSchema = z.object({
  manifest: summarySchema,
  isConfigurable: z.boolean(),
  jsonSchema: z.record(z.string(), z.unknown()).optional(),
  files: z.array(line).max(10_000),
})

export const descriptorSchema = z.object({
  title: z.union([z.string().max(100), words]).optional(),
  version: line.optional(),
  description: line.optional(),
  help: text.optional(),
  commands: z
    .array(
      z.object({
        name: z.string().regex(/^[a-z0-9_]{1,32}$/),
        description: line,
        usage: line.optional(),
        translations: words.optional(),
        role: z.enum(['owner', 'trusted', 'everyone']).optional(),
        chats: z.enum(['private', 'groups']).optional(),
        examples: z.array(line).max(1_000),
        inMenu: z.boolean(),
        isUrgent: z.boolean(),
      }),
    )
    .max(1_000),
  tools: z
    .array(
      z.object({
        name: z.string().regex(/^[a-z0-9_]{1,32}$/),
        description: line,
        inputSchema: z
          .record(z.string(), z.unknown())
          .refine((schema) => JSON.stringify(schema).length <= MAX_SCHEMA_CHARACTERS, 'is too large'),
        role: z.enum(['owner', 'trusted', 'everyone']),
        effect: z.enum(TOOL_EFFECTS),
      }),
    )
    .max(200),
  configSchema: z
    .record(z.string(), z.unknown())
    .refine((schema) => JSON.stringify(schema).length <= MAX_CONFIG_SCHEMA_CHARACTERS, 'is too large')
    .optional(),
  perChat: z.array(line).max(200).optional(),
  credentials: credentialsSchema.optional(),
  schedules: z
    .array(
      z.object({
        name: z.string().min(1).max(100),
        everySeconds: z.number().positive().optional(),
        cron: z.string().max(200).optional(),
        timeZone: z.string().max(100).optional(),
        missed: z.enum(['skip', 'once', 'all']).optional(),
        jitterSeconds: z.number().min(0).max(86_400).optional(),
        timeoutSeconds: z.number().positive().max(600).optional(),
      }),
    )
    .max(1_000),
  patterns: z.array(z.instanceof(RegExp)).max(1_000),
  startPrefixes: z
    .array(z.string().regex(/^[\w-]{1,64}$/))
    .max(100)
    .optional(),
  updates: z.array(z.enum(['message', 'edited_message'])).min(1),
  priority: z.number(),
  answers: z.array(z.enum(CALL_KINDS)).max(CALL_KINDS.length),
}) satisfies z.ZodType<Loose<Omit<PluginDescriptor, 'name'>>>

/** Causes a compile error when a descriptor has a member that the schema would drop. */
type Loose<Value> = Value extends RegExp
  ? Value
  : Value extends object
    ? { [Key in keyof Value]: Loose<Value[Key]> | undefined }
    : Value

const startedSchema = z.object({
  descriptor: descriptorSchema,
  warnings: z.array(problemSchema).max(1_000),
  effects: z.array(line).max(1_000),
})

/**
 * Parses a process's answer to `load`.
 * @throws ProblemError of the plugin
 */
export function parseLoaded(plugin: string, answer: unknown): Loaded {
  const { manifest, isConfigurable, files, jsonSchema } = parse(plugin, loadedSchema, answer)
  return {
    manifest: withoutUndefined(manifest) as ManifestSummary,
    isConfigurable,
    files,
    ...(jsonSchema && { jsonSchema }),
  }
}

/**
 * Parses a process's answer to `configure`.
 * @throws ProblemError of the plugin
 */
export function parseConfigured(plugin: string, answer: unknown): ManifestSummary {
  const { manifest } = parse(plugin, z.object({ manifest: summarySchema }), answer)
  return withoutUndefined(manifest) as ManifestSummary
}

/**
 * Parses a process's answer to `start`, which may claim anything. Makes patterns safe to test in the
 * host.
 * @param permissions what the plugin requested and was granted
 * @throws ProblemError of the plugin
 */
export function parseStarted(plugin: string, answer: unknown, permissions: PluginPermissions): Started {
  const { descriptor, warnings, effects } = parse(plugin, startedSchema, answer)
  return {
    descriptor: toDescriptor(plugin, descriptor, permissions),
    warnings: warnings.map((warning) => toProblem(plugin, warning)),
    effects,
  }
}

/**
 * A parsed descriptor with the plugin's real name and without what it may not do, whatever
 * the process claims.
 */
export function toDescriptor(
  plugin: string,
  { patterns, answers, schedules, ...rest }: z.infer<typeof descriptorSchema>,
  permissions: PluginPermissions,
): PluginDescriptor {
  const plain = withoutUndefined({
    ...rest,
    name: plugin,
    answers: permittedCalls(answers, permissions),
    schedules: permissions.schedule === true ? schedules : [],
  }) as Omit<PluginDescriptor, 'patterns'>
  return { ...plain, patterns: guardPatterns(patterns) }
}

function parse<Schema extends z.ZodType>(plugin: string, schema: Schema, answer: unknown): z.infer<Schema> {
  const attempt = z
    .union([z.object({ done: schema }), z.object({ problem: problemSchema, stack: text })])
    .safeParse(answer)
  if (attempt.success && 'done' in attempt.data) return attempt.data.done as z.infer<Schema>
  if (attempt.success && 'problem' in attempt.data) {
    const { problem, stack } = attempt.data
    const cause = new Error(problem.message)
    cause.stack = stack
    throw new ProblemError(toProblem(plugin, problem), cause)
  }
  const issue = attempt.error?.issues[0]
  throw new ProblemError({
    plugin,
    severity: 'error',
    code: 'plugin-start-failed',
    message: `Plugin ${plugin} did not start: its process answered with something unexpected (${issue?.path.join('.') ?? ''} ${issue?.message ?? ''}).`,
  })
}

function toProblem(plugin: string, parsed: z.infer<typeof problemSchema>): PluginProblem {
  return withoutUndefined({ ...parsed, plugin }) as PluginProblem
}

function withoutUndefined(value: object): unknown {
  return Object.fromEntries(
    Object.entries(value)
      .filter(([, member]) => member !== undefined)
      .map(([key, member]) => [key, isPlain(member) ? withoutUndefined(member) : (member as unknown)]),
  )
}

function isPlain(value: unknown): value is object {
  return typeof value === 'object' && value !== null && Object.getPrototypeOf(value) === Object.prototype
}
