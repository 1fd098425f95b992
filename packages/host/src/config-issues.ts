import type { ConfigIssue, ReconfigureOutcome } from '@pluggram/sdk/runtime'
import { z } from 'zod'

const line = z.string().max(2_000)

/** Issues as they come from a process that is not trusted. */
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

/** Reads what is wrong with a configuration. @throws when it is no list of issues */
export function parseIssues(answer: unknown): readonly ConfigIssue[] {
  return issuesSchema.parse(answer)
}

/** Reads what became of another configuration. @throws when it is something else */
export function parseReconfigured(answer: unknown): ReconfigureOutcome {
  return outcomeSchema.parse(answer)
}
