import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import type { EmulatedUser, TranscriptMessage } from '@pluggram/bot-api-emulator'
import { createSession } from './assistant.ts'
import type { Session } from './assistant.ts'
import { ROOT, startProgram } from './program.ts'
import type { Program } from './program.ts'

export const TOKEN = '700000001:AAE2E-emulated-token-for-tests-000000'

/** The Bot API emulator in its own process, with a session that drives its chats. */
export interface RunningEmulator {
  readonly program: Program
  readonly url: string
  readonly driver: Session
}

export async function startEmulator(...options: readonly string[]): Promise<RunningEmulator> {
  const given = ['--port', '0', '--token', TOKEN, ...options]
  const program = startProgram('packages/bot-api-emulator/src/main.ts', given, {
    environment: { NODE_COMPILE_CACHE: join(ROOT, 'node_modules/.cache/pluggram') },
  })
  const [url] = await program.waitFor(/http:\/\/127\.0\.0\.1:\d+(?=\s)/)
  return { program, url, driver: createSession(`${url}/emulator`, {}) }
}

/** A person with a private chat. */
export async function createPerson(driver: Session, firstName = 'Ada'): Promise<EmulatedUser> {
  return driver.post<EmulatedUser>('/users', { firstName, languageCode: 'en' })
}

/** Writes in the person's private chat. */
export async function write(driver: Session, user: EmulatedUser, text: string): Promise<TranscriptMessage> {
  return driver.post<TranscriptMessage>(`/chats/${user.id}/messages`, { userId: user.id, text })
}

/** The bot's messages in a chat, oldest first, as soon as there are that many. */
export async function botMessages(
  driver: Session,
  chatId: number,
  count = 1,
  milliseconds = 60_000,
): Promise<TranscriptMessage[]> {
  const end = Date.now() + milliseconds
  for (;;) {
    const { messages } = await driver.get<{ messages: TranscriptMessage[] }>(`/chats/${chatId}/messages`)
    const fromBot = messages.filter((message) => message.fromBot)
    if (fromBot.length >= count) return fromBot
    if (Date.now() > end) {
      throw new Error(
        `the bot wrote ${fromBot.length} of ${count} messages: ${JSON.stringify(messages.map(({ fromBot: isBot, text }) => ({ isBot, text })))}`,
      )
    }
    await sleep(20)
  }
}

/** Sends a message and returns the texts of the answers. */
export async function ask(driver: Session, user: EmulatedUser, text: string, count = 1): Promise<string[]> {
  const before = await botMessages(driver, user.id, 0)
  await write(driver, user, text)
  const all = await botMessages(driver, user.id, before.length + count)
  return all.slice(before.length).map((message) => message.text)
}

/**
 * Replies to a message of the bot in the person's private chat, and returns the texts of the
 * answers.
 */
export async function answerMessage(
  driver: Session,
  user: EmulatedUser,
  { id }: TranscriptMessage,
  text: string,
): Promise<string[]> {
  const before = await botMessages(driver, user.id, 0)
  await driver.post(`/chats/${user.id}/messages`, { userId: user.id, text, replyToMessageId: id })
  return (await botMessages(driver, user.id, before.length + 1))
    .slice(before.length)
    .map((message) => message.text)
}
