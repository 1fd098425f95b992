import type { Chat } from '@pluggram/sdk'
import type { OutgoingMessage } from '@pluggram/sdk/runtime'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import {
  anySignal,
  callsOf,
  QUICK,
  sendReply,
  startEmulatedTelegram,
  writeSlowly,
  createTestBot,
} from '../test-support.ts'
import type { EmulatedTelegram, TestBot } from '../test-support.ts'

/** Frequent edits, to keep the tests short. */
const BRISK = { overallPerSecond: 30, chatPerSecond: 10, groupPerMinute: 600 }

let telegram: EmulatedTelegram
let messenger: TestBot
let group: Chat

beforeEach(async () => {
  telegram = await startEmulatedTelegram()
  messenger = createTestBot({ api: telegram.api, logger: telegram.logger, backoff: QUICK, limits: BRISK })
  const { id } = telegram.emulator.driver.createChat({
    type: 'group',
    title: 'G',
    memberIds: [telegram.ada.id],
  })
  group = { id, type: 'group' }
})

afterEach(async () => {
  await telegram.close()
})

const shown = (): string[] =>
  telegram.emulator.driver
    .transcript(group.id)
    .filter((message) => message.fromBot)
    .map((message) => message.text)
const count = (method: string): number => callsOf(telegram.emulator, method).length

const words = Array.from({ length: 20 }, (_, index) => `word${index} `)
const whole = words.join('').trim()

/** Over half a second of text, which ends only after the preview has appeared. */
const slowly = (chunks: readonly string[] = words): AsyncGenerator<string> =>
  writeSlowly(chunks, 35, () => count('sendMessage') > 0)
/** The same, but it ends only after the preview has been edited. */
const slower = (): AsyncGenerator<string> => writeSlowly(words, 35, () => count('editMessageText') > 0)

describe('text that is written in a group', () => {
  it('shows in one message that becomes the answer, quoting once', async () => {
    const { id } = telegram.emulator.driver.sendMessage(group.id, { userId: telegram.ada.id, text: 'go on' })
    const sent = await sendReply(messenger, group, { text: slower(), replyToMessageId: id }, anySignal())
    expect(shown()).toEqual([whole])
    expect(count('sendMessage')).toBe(1)
    expect(count('editMessageText')).toBeGreaterThan(1)
    expect(String(callsOf(telegram.emulator, 'sendMessage')[0]!['text'])).toMatch(/ …$/)
    expect(telegram.emulator.driver.transcript(group.id).at(-1)).toMatchObject({
      id: sent[0]!.id,
      replyToMessageId: id,
    })
  })

  it('carries its buttons until it is complete', async () => {
    const previewButtons = [[{ text: 'Stop', data: 'abcd:stop' }]]
    await sendReply(messenger, group, { text: slower(), previewButtons }, anySignal())
    const keyboard = { inline_keyboard: [[{ text: 'Stop', callback_data: 'abcd:stop' }]] }
    const edits = callsOf(telegram.emulator, 'editMessageText')
    for (const call of [...callsOf(telegram.emulator, 'sendMessage'), ...edits.slice(0, -1)]) {
      expect(call['reply_markup']).toEqual(keyboard)
    }
    expect(edits.at(-1)).not.toHaveProperty('reply_markup')
    expect(telegram.emulator.driver.transcript(group.id).at(-1)?.buttons ?? []).toEqual([])
  })

  it('is not shown when it is short, nor when that is not wanted', async () => {
    const usual = createTestBot({ api: telegram.api, logger: telegram.logger })
    await sendReply(usual, group, { text: writeSlowly(words, 0) }, anySignal())
    for (const streaming of ['private', 'off'] as const) {
      const quiet = createTestBot({ api: telegram.api, logger: telegram.logger, streaming, limits: BRISK })
      await sendReply(quiet, group, { text: writeSlowly(words, 35) }, anySignal())
    }
    expect(count('editMessageText')).toBe(0)
    expect(shown()).toEqual([whole, whole, whole])
  })

  it('keeps to the pace of a group', async () => {
    const paced = createTestBot({ api: telegram.api, logger: telegram.logger })
    const started = performance.now()
    await sendReply(paced, group, { text: writeSlowly(words, 150) }, anySignal())
    // One message every three seconds, plus the first one and the answer.
    const allowed = (performance.now() - started) / 3000 + 2
    expect(count('sendMessage') + count('editMessageText')).toBeLessThanOrEqual(allowed)
    expect(shown()).toEqual([whole])
  })

  it('goes on in further messages when it is long', async () => {
    const chunks = Array.from({ length: 20 }, (_, index) => `${index}${' word'.repeat(80)}\n`)
    await sendReply(messenger, group, { text: slowly(chunks) }, anySignal())
    expect(shown().length).toBe(2)
    expect(shown().join('\n')).toBe(chunks.join('').trim())
    expect(count('sendMessage')).toBe(2)
  })

  it('arrives once when a preview is refused', async () => {
    telegram.emulator.faults.add({ kind: 'server-error', method: 'editMessageText' })
    await sendReply(messenger, group, { text: slowly() }, anySignal())
    expect(shown()).toEqual([whole])
  })

  it('arrives when the message that showed it was deleted', async () => {
    const written = await messenger.writeDraft(group, { text: slowly() }, anySignal())
    const { messageId } = written.preview!
    await telegram.api.deleteMessage(group.id, messageId!)
    for (const part of messenger.format(group, {}, written)) await messenger.send(part, anySignal())
    expect(shown()).toEqual([whole])
  })

  it('arrives once when its last edit is made again after a crash', async () => {
    const written = await messenger.writeDraft(group, { text: slowly() }, anySignal())
    const [part] = messenger.format(group, {}, written)
    const kept = JSON.parse(JSON.stringify(part)) as OutgoingMessage
    await messenger.send(part!, anySignal())
    const next = createTestBot({ api: telegram.api, logger: telegram.logger })
    await next.send(kept, anySignal())
    expect(shown()).toEqual([whole])
  })

  it('leaves nothing behind when the assistant stops', async () => {
    const stopping = new AbortController()
    const endless = Array.from({ length: 200 }, () => words).flat()
    const writing = messenger.writeDraft(group, { text: writeSlowly(endless, 10) }, stopping.signal)
    await vi.waitUntil(() => count('sendMessage') === 1, { timeout: 30_000, interval: 5 })
    stopping.abort()
    const written = await writing
    expect(written.preview).toEqual({})
    expect(shown()).toEqual([])
  })

  it('is not shown where the bot is blocked', async () => {
    telegram.emulator.faults.add({ kind: 'forbidden', method: 'sendMessage', chatId: group.id })
    await expect(sendReply(messenger, group, { text: slowly() }, anySignal())).rejects.toMatchObject({
      code: 'delivery-blocked',
    })
    expect(count('sendMessage')).toBe(1)
  })
})
