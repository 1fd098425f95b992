import { z } from '@pluggram/sdk'

/** One message of a conversation as it is stored. */
export const turnSchema = z.object({
  role: z.enum(['user', 'assistant']),
  content: z.string(),
  /** When it was said, in milliseconds since 1970. */
  at: z.number(),
  /** The answer did not come to its end. */
  isPartial: z.boolean().optional(),
})
export type Turn = z.infer<typeof turnSchema>

/** How much of a conversation is taken. */
export interface WindowLimits {
  readonly messages: number
  readonly tokens: number
  /** Nothing that was said before this time. */
  readonly since: number
}

/** What the frame of a message costs, beside its words. */
const TOKENS_PER_MESSAGE = 4

/**
 * A cheap guess that needs no tokenizer: four bytes of UTF-8 a token. English text comes out right, Cyrillic and
 * Chinese within a third, code somewhat low.
 */
function estimateTokens(text: string): number {
  return Math.ceil(Buffer.byteLength(text) / 4) + TOKENS_PER_MESSAGE
}

/** Where the newest turns within all limits begin; a user's comes first, since models refuse what starts otherwise. */
export function windowStart(turns: readonly Turn[], { messages, tokens, since }: WindowLimits): number {
  let size = 0
  let start = turns.length
  while (start > 0 && turns.length - start < messages) {
    const turn = turns[start - 1]
    if (!turn || turn.at < since) break
    size += estimateTokens(turn.content)
    if (size > tokens) break
    start -= 1
  }
  const firstUser = turns.findIndex(({ role }, index) => index >= start && role === 'user')
  return firstUser === -1 ? turns.length : firstUser
}
