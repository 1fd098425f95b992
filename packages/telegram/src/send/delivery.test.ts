import { setTimeout as delay } from 'node:timers/promises'
import type { Chat } from '@pluggram/sdk'
import type { OutgoingMessage } from '@pluggram/sdk/runtime'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import {
  anySignal,
  callsOf,
  QUICK,
  sendReply,
  startEmulatedTelegram,
  createTestBot,
} from '../test-support.ts'
import type { EmulatedTelegram, TestBot } from '../test-support.ts'

let telegram: EmulatedTelegram
let messenger: TestBot

beforeEach(async () => {
  telegram = await startEmulatedTelegram(2)
  messenger = createTestBot({ api: telegram.api, logger: telegram.logger, backoff: QUICK })
})

afterEach(async () => {
  await telegram.close()
})

const texts = (chatId = telegram.chat.id): string[] =>
  telegram.emulator.driver
    .transcript(chatId)
    .filter((message) => message.fromBot)
    .map((message) => message.text)

function partOf(
  text: string,
  options: { chat?: Chat; delivery?: OutgoingMessage['policy'] } = {},
): OutgoingMessage {
  const { chat = telegram.chat, delivery = 'at-least-once' } = options
  return messenger.format(chat, { text, delivery })[0]!
}

const deliver = (part: OutgoingMessage): Promise<unknown> => messenger.send(part, anySignal())

describe('a send whose answer was lost', () => {
  const lost = [{ kind: 'drop-response' }, { kind: 'garbage' }, { kind: 'delay', ms: 60_000 }] as const

  it.each(lost)('is made again by default, counted and told ($kind)', async (fault) => {
    telegram.emulator.faults.add({ ...fault, method: 'sendMessage' })
    await deliver(partOf('words'))
    expect(new Set(texts())).toEqual(new Set(['words']))
    expect(messenger.stats().repeatedSends).toBe(1)
    expect(
      telegram.logger.lines.some(({ message }) => message.includes('may appear in its chat twice')),
    ).toBe(true)
  })

  it.each(lost)('is left alone under at-most-once ($kind)', async (fault) => {
    telegram.emulator.faults.add({ ...fault, method: 'sendMessage' })
    const sending = deliver(partOf('words', { delivery: 'at-most-once' }))
    await expect(sending).rejects.toMatchObject({ isRetryable: false, isAmbiguous: true })
    await delay(100)
    expect(texts().length).toBeLessThanOrEqual(1)
    expect(callsOf(telegram.emulator, 'sendMessage').length).toBeLessThanOrEqual(1)
    expect(messenger.stats().repeatedSends).toBe(0)
  })

  it.each([{ kind: 'server-error' }, { kind: 'too-many-requests', retryAfter: 0.05 }] as const)(
    'is another thing than one that Telegram refused: at-most-once is made again after $kind',
    async (fault) => {
      telegram.emulator.faults.add({ ...fault, method: 'sendMessage', times: 2 })
      await deliver(partOf('words', { delivery: 'at-most-once' }))
      expect(texts()).toEqual(['words'])
    },
  )

  it('is another thing than one that was never made: at-most-once is made again when nothing listened', async () => {
    const part = partOf('words', { delivery: 'at-most-once' })
    await telegram.emulator.close()
    await expect(deliver(part)).rejects.toMatchObject({ isRetryable: true, isAmbiguous: false })
  })
})

describe('a chat where the bot is blocked', () => {
  it('is left alone until somebody writes there', async () => {
    const { emulator, ada } = telegram
    emulator.control.blockBot(ada.id)
    await expect(deliver(partOf('one'))).rejects.toMatchObject({ code: 'delivery-blocked' })
    await expect(deliver(partOf('two'))).rejects.toMatchObject({
      code: 'delivery-blocked',
      isRetryable: false,
    })
    await messenger.showTyping(telegram.chat)
    expect(emulator.calls().length).toBe(1)
    expect(messenger.stats().blockedChats).toBe(1)

    emulator.control.unblockBot(ada.id)
    messenger.noteActivity(telegram.chat.id)
    await deliver(partOf('three'))
    expect(texts()).toEqual(['three'])
    expect(messenger.stats().blockedChats).toBe(0)
  })

  it('is tried again after a while', async () => {
    let now = 0
    messenger = createTestBot({ api: telegram.api, logger: telegram.logger, now: () => now })
    telegram.emulator.control.blockBot(telegram.ada.id)
    await expect(deliver(partOf('one'))).rejects.toMatchObject({ code: 'delivery-blocked' })
    telegram.emulator.control.unblockBot(telegram.ada.id)
    now += 16 * 60_000
    await deliver(partOf('two'))
    expect(texts()).toEqual(['two'])
  })

  it('does not keep other chats from their messages', async () => {
    const bob = telegram.emulator.driver.createUser({ firstName: 'Bob' })
    telegram.emulator.control.blockBot(telegram.ada.id)
    await expect(deliver(partOf('one'))).rejects.toMatchObject({ code: 'delivery-blocked' })
    await deliver(partOf('two', { chat: { id: bob.id, type: 'private' } }))
    expect(texts(bob.id)).toEqual(['two'])
  })
})

describe('a 429', () => {
  it('is obeyed to the millisecond in its chat, while other chats stay as fast as before', async () => {
    const { emulator, chat } = telegram
    const others = Array.from({ length: 5 }, (_, index) =>
      emulator.driver.createUser({ firstName: `P${index}` }),
    )
    emulator.faults.add({
      kind: 'too-many-requests',
      retryAfter: 2,
      method: 'sendMessage',
      chatId: chat.id,
    })
    const held = deliver(partOf('held'))
    const durations: number[] = []
    for (let round = 0; round < 20; round++) {
      for (const { id } of others) {
        const started = performance.now()
        await deliver(partOf(`${round}`, { chat: { id, type: 'private' } }))
        durations.push(performance.now() - started)
      }
    }
    await held
    const [first, second] = emulator.calls().filter((call) => call.chatId === chat.id)
    expect(second!.time - first!.time).toBeGreaterThanOrEqual(1999)
    expect(durations.toSorted((a, b) => a - b)[95]).toBeLessThan(500)
  })

  it('is obeyed whatever is done to the clock', async () => {
    const { emulator, chat } = telegram
    emulator.faults.add({ kind: 'too-many-requests', retryAfter: 1, method: 'sendMessage', chatId: chat.id })
    const started = performance.now()
    const held = deliver(partOf('held'))
    vi.useFakeTimers({ toFake: ['Date'], now: Date.now() + 86_400_000 })
    await delay(300)
    vi.setSystemTime(Date.now() - 2 * 86_400_000)
    await held
    vi.useRealTimers()
    expect(performance.now() - started).toBeGreaterThanOrEqual(1000)
    // not a day later
    expect(performance.now() - started).toBeLessThan(10_000)
  })

  it('of several chats at once does not hold another one', async () => {
    const { emulator } = telegram
    const people = Array.from({ length: 4 }, (_, index) =>
      emulator.driver.createUser({ firstName: `P${index}` }),
    )
    emulator.faults.add({ kind: 'too-many-requests', retryAfter: 2, method: 'sendMessage', times: 3 })
    const refused = people
      .slice(0, 3)
      .map(({ id }) => deliver(partOf('a', { chat: { id, type: 'private' } })))
    await vi.waitUntil(() => messenger.stats().floodWaits === 3, { timeout: 30_000, interval: 5 })
    await deliver(partOf('b', { chat: { id: people[3]!.id, type: 'private' } }))
    const accepted = (): unknown[] =>
      emulator
        .calls()
        .filter(({ status }) => status === 200)
        .map(({ chatId }) => chatId)
    expect(accepted()).toEqual([people[3]!.id])
    await Promise.all(refused)
    expect(accepted()).toHaveLength(4)
    expect(messenger.stats().floodWaits).toBe(3)
  })
})

describe('edits of one message', () => {
  const edit = (text: string, messageId: number): OutgoingMessage =>
    messenger.format(telegram.chat, { text, editMessageId: messageId })[0]!
  const buttons = (messageId: number): OutgoingMessage =>
    messenger.format(telegram.chat, {
      editMessageId: messageId,
      buttons: [[{ text: 'a', data: 'b' }]],
    })[0]!

  it('make older ones pointless, but only those of the same message and of what they change', () => {
    const isPointless = (newer: OutgoingMessage, older: OutgoingMessage): boolean =>
      messenger.supersedes!(newer, older)
    expect(isPointless(edit('b', 1), edit('a', 1))).toBe(true)
    expect(isPointless(edit('b', 1), buttons(1))).toBe(true)
    expect(isPointless(buttons(1), buttons(1))).toBe(true)
    expect(isPointless(edit('b', 1), edit('a', 2))).toBe(false)
    expect(isPointless(buttons(1), edit('a', 1))).toBe(false)
    expect(isPointless(edit('b', 1), partOf('a'))).toBe(false)
    expect(isPointless(partOf('b'), partOf('a'))).toBe(false)
  })
})

describe('a group that became a supergroup', () => {
  it('is followed, and told once to who wants to know', async () => {
    const { driver, control } = telegram.emulator
    const moves: [number, number][] = []
    messenger = createTestBot({
      api: telegram.api,
      logger: telegram.logger,
      onChatMigrated: (from, to) => moves.push([from, to]),
    })
    const group = driver.createChat({ type: 'group', title: 'G', memberIds: [telegram.ada.id] })
    const newId = control.migrateGroup(group.id)
    const chat: Chat = { id: group.id, type: 'group' }
    expect(await sendReply(messenger, chat, { text: 'one' }, anySignal())).toMatchObject([{ chatId: newId }])
    await sendReply(messenger, chat, { text: 'two' }, anySignal())
    expect(callsOf(telegram.emulator, 'sendMessage').length).toBe(3)
    expect(texts(newId)).toEqual(['one', 'two'])
    expect(moves).toEqual([[group.id, newId]])
  })
})
