import { z } from '@pluggram/sdk'

/** Told when the bot is removed from a chat or blocked in it, and when it is let in again. */
export type MembershipListener = (chatId: number, isIn: boolean) => void

const membershipUpdate = z.object({
  my_chat_member: z.object({
    chat: z.object({ id: z.int() }),
    new_chat_member: z.object({ status: z.string() }),
  }),
})

/** Reports a change of the bot's own membership, if this is one. No plugin handles such updates. */
export function noteMembership(raw: unknown, tell: MembershipListener | undefined): undefined {
  if (!tell || typeof raw !== 'object' || raw === null || !('my_chat_member' in raw)) return
  const { data } = membershipUpdate.safeParse(raw)
  if (!data) return
  const { chat, new_chat_member: member } = data.my_chat_member
  tell(chat.id, member.status !== 'left' && member.status !== 'kicked')
}
