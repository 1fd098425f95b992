import { createHash } from 'node:crypto'
import { z } from '@pluggram/sdk'
import type { ToolDescriptor } from '@pluggram/sdk/runtime'

/** A call that waits for a person, as it is kept on disk. */
export const approvalSchema = z.object({
  id: z.string(),
  plugin: z.string(),
  tool: z.string(),
  args: z.unknown(),
  /** Of everything that is approved; the button carries it, too. */
  fingerprint: z.string(),
  chatId: z.number(),
  topicId: z.number().optional(),
  /** Who asked. */
  userId: z.number(),
  userName: z.string(),
  /** Milliseconds since 1970. */
  expiresAt: z.number(),
  /** `running`: somebody approved it and the call began; it never begins twice. */
  state: z.enum(['open', 'running', 'done', 'refused', 'void']),
  /** What was told when it was done, to tell it again to a press that is repeated after the end of the program. */
  answer: z.string().optional(),
})

export type Approval = z.infer<typeof approvalSchema>

/**
 * Of a call in all its parts: the tool as it is described, the arguments, where and for whom. A tool that was changed
 * meanwhile has another one.
 */
export function fingerprintOf(
  call: Pick<Approval, 'plugin' | 'tool' | 'args' | 'chatId' | 'userId'>,
  { description, inputSchema, effect, role }: ToolDescriptor,
): string {
  const { plugin, tool, args, chatId, userId } = call
  const parts = [plugin, tool, args ?? null, chatId, userId, description, inputSchema, effect, role]
  return createHash('sha256').update(JSON.stringify(parts)).digest('base64url').slice(0, 22)
}
