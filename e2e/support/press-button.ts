import { expect } from 'vitest'
import type { EmulatedUser, TranscriptMessage } from '@pluggram/bot-api-emulator'
import type { Session } from './assistant.ts'
import { botMessages } from './emulator.ts'

/**
 * Presses the button with that label below the newest message that has it, and returns the changed
 * message.
 */
export async function pressButton(
  driver: Session,
  { chatId, user, label }: { readonly chatId: number; readonly user: EmulatedUser; readonly label: string },
): Promise<TranscriptMessage> {
  const find = (messages: readonly TranscriptMessage[], id?: number): TranscriptMessage | undefined =>
    messages.findLast((message) =>
      id === undefined ? message.buttons.flat().some(({ text }) => text === label) : message.id === id,
    )
  const message = find(await botMessages(driver, chatId))
  if (!message) throw new Error(`no button ${label}`)
  const row = message.buttons.findIndex((buttons) => buttons.some(({ text }) => text === label))
  const column = message.buttons[row]?.findIndex(({ text }) => text === label)
  await driver.post(`/chats/${chatId}/messages/${message.id}/press`, {
    userId: user.id,
    row,
    column,
  })
  let now: TranscriptMessage | undefined
  await expect
    .poll(
      async () => {
        now = find(await botMessages(driver, chatId), message.id)
        return JSON.stringify([now?.text, now?.buttons])
      },
      { timeout: 30_000 },
    )
    .not.toBe(JSON.stringify([message.text, message.buttons]))
  return now ?? message
}
