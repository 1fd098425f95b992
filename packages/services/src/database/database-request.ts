import { z } from 'zod'
import type { DatabaseRequest } from '@pluggram/sdk/runtime'

const MAX_STATEMENTS = 1_000
const MAX_PARAMETERS = 32_766

const parameter = z.union([
  z.string(),
  z.number(),
  z.bigint(),
  z.boolean(),
  z.null(),
  z.undefined(),
  z.date(),
  z.instanceof(Uint8Array),
])
const statement = z.object({
  sql: z.string().min(1, 'is empty').max(1_048_576, 'is longer than 1 MiB'),
  params: z.array(parameter).max(MAX_PARAMETERS, `has more than ${MAX_PARAMETERS} values`).default([]),
})
const database = z.string().min(1).max(64)

const requestSchema = z.discriminatedUnion('kind', [
  z.object({
    kind: z.literal('execute'),
    database: database.optional(),
    statement,
    options: z.object({
      maxRows: z.int().min(1).max(10_000).optional(),
      timeoutSeconds: z.number().positive().optional(),
    }),
  }),
  z.object({
    kind: z.literal('transaction'),
    database: database.optional(),
    statements: z.array(statement).max(MAX_STATEMENTS, `has more than ${MAX_STATEMENTS} statements`),
  }),
  z.object({ kind: z.literal('migrate'), steps: z.array(z.string().min(1)).max(MAX_STATEMENTS) }),
  z.object({ kind: z.literal('describe'), database }),
])

/** A request that `parseDatabaseRequest` returned. */
export type ParsedRequest = z.output<typeof requestSchema>

/**
 * Parses a plugin's request to its databases. The input is not trusted.
 * @throws TypeError that names the mistake
 */
export function parseDatabaseRequest(request: DatabaseRequest): ParsedRequest {
  const parsed = requestSchema.safeParse(request)
  if (parsed.success) return parsed.data
  const [issue] = parsed.error.issues
  const place = issue?.path.filter((part) => part !== 'statement').join('.') ?? ''
  throw new TypeError(`services.database: ${place} ${issue?.message ?? 'cannot be read'}`)
}
