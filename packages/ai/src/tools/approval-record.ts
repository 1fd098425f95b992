import { createHash } from 'node:crypto'
import { z } from '@pluggram/sdk'
import type { ToolDescriptor } from '@pluggram/sdk/runtime'

/** A call that waits for approval, as stored on disk. */
export const approvalSchema = z.object({
  id: z.string(),
  plugin: z.string(),
  tool: z.string(),
  args: z.unknown(),
  /** A hash of everything that is approved; the button includes it too. */
  fingerprint: z.string(),
  chatId: z.number(),
  topicId: z.number().optional(),
  /** Addresses that the tool wants to request, besides those in its arguments. */
  addresses: z.array(z.string()).readonly().optional(),
  /** The answer that waits for it; absent when none does. */
  turn: z.string().optional(),
  /** The plugin's title, for people. */
  title: z.string().optional(),
  /** The user who asked. */
  userId: z.number(),
  userName: z.string(),
  /** Milliseconds since 1970. */
  expiresAt: z.number(),
  /** `running`: it was approved and the call started. A call never starts twice. */
  state: z.enum(['open', 'running', 'done', 'refused', 'void']),
  /**
   * What came of it: the tool's result, or why the call was not made. Repeated if the same button
   * press is retried after a crash.
   */
  result: z.string().optional(),
  /** The same as it was said in the chat. */
  answer: z.string().optional(),
})

export type Approval = z.infer<typeof approvalSchema>

/**
 * The fingerprint of a call: the tool's description, the arguments, the chat and the user. It
 * changes when the tool changes.
 */
export function fingerprintOf(
  call: Pick<Approval, 'plugin' | 'tool' | 'args' | 'chatId' | 'userId'>,
  { description, inputSchema, effect, role }: ToolDescriptor,
): string {
  const { plugin, tool, args, chatId, userId } = call
  const parts = [plugin, tool, args ?? null, chatId, userId, description, inputSchema, effect, role]
  return createHash('sha256').update(JSON.stringify(parts)).digest('base64url').slice(0, 22)
}
