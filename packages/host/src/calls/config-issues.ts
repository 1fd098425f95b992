import type { ConfigIssue, ReconfigureOutcome } from '@pluggram/sdk/runtime'
import { z } from 'zod'

const line = z.string().max(2_000)

/** Issues from an untrusted process. */
export const issuesSchema = z
  .array(
    z.object({
      path: z.array(z.union([line, z.number()])).max(100),
      message: z.string().transform((message) => message.slice(0, 2_000)),
      isMissing: z.boolean(),
      keys: z.array(line).max(1_000).optional(),
      knownKeys: z.array(line).max(1_000).optional(),
    }),
  )
  .max(1_000)

const outcomeSchema = z.union([z.enum(['done', 'replace']), z.object({ issues: issuesSchema })])

/** Parses a list of configuration issues. @throws when it is malformed */
export function parseIssues(answer: unknown): readonly ConfigIssue[] {
  return issuesSchema.parse(answer)
}

/** Parses the outcome of a reconfiguration. @throws when it is malformed */
export function parseReconfigured(answer: unknown): ReconfigureOutcome {
  return outcomeSchema.parse(answer)
}
