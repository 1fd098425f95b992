import { z } from '@pluggram/sdk'

const stoppedUpdate = z.object({
  stopped_message_generation: z.object({ chat: z.object({ id: z.int() }), draft_id: z.int() }),
})

/**
 * Reports that a person stopped a text that is being written (Bot API: MessageGenerationStopped). No
 * plugin handles such updates, and nothing is left to stop after a restart, so they are not stored.
 */
export function noteStoppedDraft(
  raw: unknown,
  tell: ((chatId: number, draftId: number) => void) | undefined,
): undefined {
  const { data } = stoppedUpdate.safeParse(raw)
  if (data) tell?.(data.stopped_message_generation.chat.id, data.stopped_message_generation.draft_id)
}
