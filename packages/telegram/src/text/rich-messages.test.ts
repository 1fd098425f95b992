import { setTimeout as delay } from 'node:timers/promises'
import type { OutgoingMessage } from '@pluggram/sdk/runtime'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import {
  anySignal,
  callsOf,
  QUICK,
  refuseCalls,
  sendReply,
  startEmulatedTelegram,
  createTestBot,
} from '../test-support.ts'
import type { EmulatedTelegram, TestBot } from '../test-support.ts'

let telegram: EmulatedTelegram
let messenger: TestBot
let time = 0

beforeEach(async () => {
  time = 0
  telegram = await startEmulatedTelegram()
  messenger = create()
})

afterEach(async () => {
  await telegram.close()
})

function create(api = telegram.api): TestBot {
  const { logger } = telegram
  const now = (): number => performance.now() + time
  return createTestBot({ api, logger, backoff: QUICK, richMessages: 'auto', now })
}

const TABLE =
  '# Prices\n\n| fruit | price |\n|:--|--:|\n| **apple** | 1 |\n| pear | 22 |\n\n- a\n  - b\n- [x] done'
const count = (method: string): number => callsOf(telegram.emulator, method).length
const send = (text: string): Promise<unknown> =>
  sendReply(messenger, telegram.chat, { text, format: 'markdown' }, anySignal())
const shown = (): string[] =>
  telegram.emulator.driver.transcript(telegram.chat.id).map((message) => message.text)

function refuseRich(error_code: number, description: string): void {
  const isRefused = (_method: string, payload: object): boolean => 'rich_message' in payload
  messenger = create(refuseCalls(telegram.api, isRefused, { ok: false, error_code, description }))
}

describe('rich messages', () => {
  it('carry headings, tables and nested lists as blocks', async () => {
    await send(TABLE)
    expect(count('sendMessage')).toBe(0)
    expect(callsOf(telegram.emulator, 'sendRichMessage')[0]!['rich_message']).toEqual({
      blocks: [
        { type: 'heading', size: 1, text: 'Prices' },
        {
          type: 'table',
          cells: [
            [
              { text: 'fruit', is_header: true, align: 'left', valign: 'middle' },
              { text: 'price', is_header: true, align: 'right', valign: 'middle' },
            ],
            [
              { text: { type: 'bold', text: 'apple' }, align: 'left', valign: 'middle' },
              { text: '1', align: 'right', valign: 'middle' },
            ],
            [
              { text: 'pear', align: 'left', valign: 'middle' },
              { text: '22', align: 'right', valign: 'middle' },
            ],
          ],
        },
        {
          type: 'list',
          items: [
            {
              blocks: [
                { type: 'paragraph', text: 'a' },
                { type: 'list', items: [{ blocks: [{ type: 'paragraph', text: 'b' }] }] },
              ],
            },
            { blocks: [{ type: 'paragraph', text: 'done' }], has_checkbox: true, is_checked: true },
          ],
        },
      ],
    })
  })

  it('carry what is too long for one message, up to their own limit', async () => {
    await send('word '.repeat(2000).trim())
    expect(count('sendRichMessage')).toBe(1)
    await send('word '.repeat(7000).trim())
    expect(count('sendRichMessage')).toBe(1)
    expect(count('sendMessage')).toBeGreaterThan(7)
  })

  it('are not used for what a message shows as well, nor unless they are turned on', async () => {
    await send('**bold** and `code`\n\n- a\n- b')
    messenger = createTestBot({ api: telegram.api, logger: telegram.logger })
    await send(TABLE)
    await sendReply(create(), telegram.chat, { text: TABLE }, anySignal())
    expect(count('sendRichMessage')).toBe(0)
  })

  it('are not used for what does not fit into one', async () => {
    const row = (cells: number): string => `|${' x |'.repeat(cells)}`
    await send(`${row(21)}\n|${' - |'.repeat(21)}\n${row(21)}`)
    await send(Array.from({ length: 501 }, (_, index) => `# ${index}`).join('\n'))
    await send(`${'> '.repeat(17)}# deep`)
    expect(count('sendRichMessage')).toBe(0)
    expect(count('sendMessage')).toBeGreaterThanOrEqual(3)
  })

  it.each([
    [404, 'Not Found: method not found'],
    [400, 'Bad Request: rich messages are not supported'],
  ])(
    'become text when Telegram refuses them (%i), and are tried again after a while',
    async (code, description) => {
      refuseRich(code, description)
      await send(TABLE)
      expect(shown().length).toBe(1)
      expect(shown()[0]).toContain('apple | ')
      const warnings = (): number => telegram.logger.lines.filter(({ level }) => level === 'warn').length
      expect(warnings()).toBe(1)
      expect(toMethods(messenger.format(telegram.chat, { text: TABLE, format: 'markdown' }))).toEqual([
        'sendMessage',
      ])
      time += 16 * 60_000
      expect(toMethods(messenger.format(telegram.chat, { text: TABLE, format: 'markdown' }))).toEqual([
        'sendRichMessage',
      ])
    },
  )

  it('become text in several messages, none of them twice when one fails on the way', async () => {
    refuseRich(400, 'Bad Request: nothing rich')
    const text = `# Title\n\n${'word '.repeat(2000).trim()}`
    const [part] = messenger.format(telegram.chat, { text, format: 'markdown' })
    telegram.emulator.faults.add({
      kind: 'forbidden',
      description: 'Forbidden: for now',
      method: 'sendMessage',
      times: 1,
    })
    await expect(messenger.send(part!, anySignal())).rejects.toMatchObject({ code: 'delivery-blocked' })
    messenger.noteActivity(telegram.chat.id)
    await messenger.send(part!, anySignal())
    expect(shown().join(' ').replaceAll(/\s+/g, ' ')).toBe(`Title ${'word '.repeat(2000).trim()}`)
  })

  it('do not become text because the chat is gone', async () => {
    const [part] = messenger.format({ id: 4711, type: 'private' }, { text: TABLE, format: 'markdown' })
    await expect(messenger.send(part!, anySignal())).rejects.toMatchObject({ code: 'delivery-blocked' })
    expect(toMethods(messenger.format(telegram.chat, { text: TABLE, format: 'markdown' }))).toEqual([
      'sendRichMessage',
    ])
  })

  it('show as rich drafts while they are written, and as plain ones when those are refused', async () => {
    async function* slowly(): AsyncGenerator<string> {
      yield TABLE
      await delay(150)
    }
    const reply = { text: slowly(), format: 'markdown' } as const
    await sendReply(messenger, telegram.chat, reply, anySignal())
    expect([count('sendRichMessageDraft'), count('sendMessageDraft'), count('sendRichMessage')]).toEqual([
      1, 0, 1,
    ])
    refuseRich(400, 'Bad Request: nothing rich')
    await sendReply(messenger, telegram.chat, { ...reply, text: slowly() }, anySignal())
    expect([count('sendMessageDraft'), count('sendMessage')]).toEqual([1, 1])
  })

  it('say under the text that it broke off', async () => {
    const [part] = messenger.format(
      telegram.chat,
      { format: 'markdown' },
      { text: TABLE, note: '[ends here]' },
    )
    await messenger.send(part!, anySignal())
    expect(shown()[0]).toMatch(/\[ends here\]$/)
  })
})

function toMethods(parts: readonly OutgoingMessage[]): string[] {
  return parts.map(({ content }) => (content as { method: string }).method)
}
