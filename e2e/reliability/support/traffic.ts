import { setTimeout as sleep } from 'node:timers/promises'
import type { EmulatedUser } from '@pluggram/bot-api-emulator'
import type { Session } from '../../support/assistant.ts'
import { createPerson, write } from '../../support/emulator.ts'
import { echoParts, messageText } from './echo.ts'
import type { Random } from './random.ts'

/** People who write to the bot, each in a private chat. */
export interface Traffic {
  readonly people: readonly EmulatedUser[]
  /** What each person has written so far. */
  readonly written: readonly (readonly string[])[]
  /** The number of these messages. */
  count(): number
  /** When a text was written, in milliseconds since 1970. */
  writtenAt(text: string): number | undefined
  /** When Telegram had accepted it. */
  takenAt(text: string): number | undefined
  /** Whether the bot has written every part of every answer. */
  isAnswered(seen: ReadonlySet<string>): boolean
  /** Writes that many more messages, evenly spread over time and at random over the chats. */
  write(messages: number, perSecond: number): Promise<void>
  /** One message of one person. */
  writeTo(person: number): Promise<void>
}

export async function createTraffic(driver: Session, chats: number, random: Random): Promise<Traffic> {
  const people: EmulatedUser[] = []
  for (let index = 0; index < chats; index += 1) people.push(await createPerson(driver, `Person ${index}`))
  const written = people.map((): string[] => [])
  const times = new Map<string, number>()
  const taken = new Map<string, number>()
  /** Each person writes one message after another, even if two loops write for them. */
  const writing = new Map<number, Promise<void>>()

  async function writeTo(index: number): Promise<void> {
    const [person, texts] = [people[index], written[index]]
    if (!person || !texts) throw new RangeError(`there is no person ${index}`)
    const text = messageText(index, texts.length)
    texts.push(text)
    times.set(text, Date.now())
    const before = writing.get(index)
    const own = (async () => {
      await before
      await write(driver, person, text)
      taken.set(text, Date.now())
    })()
    writing.set(index, own)
    await own
  }

  return {
    people,
    written,
    count: () => times.size,
    writtenAt: (text) => times.get(text),
    takenAt: (text) => taken.get(text),
    isAnswered: (seen) => written.every((texts) => texts.flatMap(echoParts).every((part) => seen.has(part))),
    writeTo,
    async write(messages, perSecond) {
      const startedAt = performance.now()
      for (let count = 0; count < messages; count += 1) {
        const dueAt = startedAt + (count / perSecond) * 1_000
        await sleep(Math.max(0, dueAt - performance.now()))
        // first everybody writes once, then people are chosen at random
        await writeTo(times.size < chats ? times.size : Math.floor(random() * chats))
      }
    },
  }
}
