import { z } from '@pluggram/sdk'

/** The message that a turn of a user came from. */
const askedSchema = z.object({
  /** The id of the message; of an album, those of all its messages. */
  ids: z.array(z.number()).min(1),
  by: z.number(),
  /** Differs when the message differs. */
  mark: z.string(),
  /** Of an album, whose edited part brings only itself. */
  album: z.array(z.unknown()).optional(),
  /** Of an album, of which a part may still come. */
  albumId: z.string().optional(),
  caption: z.string().optional(),
})
export type Asked = z.infer<typeof askedSchema>

/** One message of a conversation as it is stored. */
export const turnSchema = z.object({
  role: z.enum(['user', 'assistant']),
  content: z.string(),
  /** When it was said, in milliseconds since 1970. */
  at: z.number(),
  /** The answer is incomplete. */
  isPartial: z.boolean().optional(),
  /** It holds, or follows from, text that the user did not write. Unknown counts as true. */
  isForeign: z.boolean().default(true),
  /** Of a user's turn. */
  asked: askedSchema.optional(),
  /** Of an answer: tools changed something on the way to it. */
  hasActed: z.boolean().optional(),
})
export type Turn = z.infer<typeof turnSchema>

/** Which part of a conversation is used. */
export interface WindowLimits {
  readonly messages: number
  readonly tokens: number
  /** Nothing that was said before this time. */
  readonly since: number
}

/** The overhead of a message, besides its words. */
const TOKENS_PER_MESSAGE = 4

/**
 * A cheap estimate that needs no tokenizer: four bytes of UTF-8 a token. It is right for English,
 * within a third for Cyrillic and Chinese, and somewhat low for code.
 */
function estimateTokens(text: string): number {
  return Math.ceil(Buffer.byteLength(text) / 4) + TOKENS_PER_MESSAGE
}

/**
 * The start of the newest turns within all limits. A user's turn comes first, since models refuse
 * anything else.
 */
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
