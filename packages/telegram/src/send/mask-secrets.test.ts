import type { Chat, Reply } from '@pluggram/sdk'
import fc from 'fast-check'
import { expect, it } from 'vitest'
import { createFormat, maskReply } from './format.ts'
import { maskStream } from './mask-secrets.ts'
import type { ChatMask } from './mask-secrets.ts'
import { createRichMessages } from '../text/rich-messages.ts'
import { callsOf, createRecordingLogger, createTestBot, startEmulatedTelegram } from '../test-support.ts'

const SECRET = 'tok-of-the-tok-77'
/** Hides one secret, as the assistant's mask hides all. */
const mask: ChatMask = {
  applyToChat: (text) => text.replaceAll(SECRET, '[secret]'),
  deepToChat: (value) => JSON.parse(JSON.stringify(value).replaceAll(SECRET, '[secret]')) as typeof value,
  heldBack(text) {
    for (let length = SECRET.length - 1; length > 0; length -= 1)
      if (text.endsWith(SECRET.slice(0, length))) return length
    return 0
  },
}
const chat: Chat = { id: 7, type: 'private' }

it('text, caption, note and buttons show no secret', () => {
  const logger = createRecordingLogger()
  const rich = createRichMessages({ mode: 'off', logger, now: () => 0 })
  const format = createFormat({ rich, mask, logger })
  const reply: Reply = {
    text: `asked https://x.example/?key=${SECRET}`,
    entities: [{ type: 'bold', offset: 6, length: 40 }],
    buttons: [
      [
        { text: `Open ${SECRET}`, url: `https://x.example/?key=${SECRET}` },
        { text: 'Again', data: 'again' },
      ],
    ],
  }
  const [message] = format(chat, reply, { text: String(reply.text), note: `[ends: ${SECRET}]` })
  expect(message).toEqual({
    chatId: 7,
    policy: 'at-least-once',
    content: {
      method: 'sendMessage',
      payload: {
        chat_id: 7,
        text: 'asked https://x.example/?key=[secret]\n\n[ends: [secret]]',
        link_preview_options: { is_disabled: true },
        reply_markup: {
          inline_keyboard: [
            [
              { text: 'Open [secret]', url: 'https://x.example/?key=[secret]' },
              { text: 'Again', callback_data: 'again' },
            ],
          ],
        },
      },
    },
  })
  const photo: Reply = { text: SECRET, media: { kind: 'photo', source: { fileId: 'a' } } }
  expect(format(chat, photo)[0]?.content).toMatchObject({ payload: { caption: '[secret]' } })
})

it('a reply without a secret stays as it is, formatting included', () => {
  const reply: Reply = {
    text: 'bold',
    entities: [{ type: 'bold', offset: 0, length: 4 }],
    buttons: [[{ text: 'Again', data: 'again' }]],
  }
  expect(maskReply(reply, mask)).toBe(reply)
})

it('notices, previews, their buttons and calls of plugins show no secret', async () => {
  const { api, logger, emulator, ada, close } = await startEmulatedTelegram(5, mask.deepToChat)
  const limits = { overallPerSecond: 30, chatPerSecond: 10, groupPerMinute: 600 }
  const bot = createTestBot({ api, logger, mask, limits })
  const group = emulator.driver.createChat({ type: 'group', title: 'G', memberIds: [ada.id] })
  const shown = (): number => callsOf(emulator, 'sendMessage').length
  async function* slowly(): AsyncGenerator<string> {
    yield `key ${SECRET.slice(0, 9)}`
    yield `${SECRET.slice(9)} is it`
    await expect.poll(shown).toBe(1)
  }
  const previewButtons = [[{ text: `Stop ${SECRET}`, data: 'abcd:stop' }]]
  const target: Chat = { id: group.id, type: 'group' }
  const written = await bot.writeDraft(
    target,
    { text: slowly(), previewButtons },
    AbortSignal.timeout(20_000),
  )
  expect(written.text).toBe('key [secret] is it')
  await bot.answerCallback('1', SECRET)
  const entities = [{ type: 'text_link', offset: 0, length: 4, url: `https://x.example/${SECRET}` }]
  await bot.call('sendMessage', { chat_id: ada.id, text: SECRET, entities }, AbortSignal.timeout(5_000))
  await bot.call('sendMessage', { chat_id: ada.id, text: 'link', entities }, AbortSignal.timeout(5_000))
  const calls = JSON.stringify(emulator.calls().map(({ params }) => params))
  expect(calls).toContain('Stop [secret]')
  expect(calls.match(/\[secret\]/g)?.length).toBeGreaterThanOrEqual(4)
  expect(calls).not.toContain(SECRET)
  const sent = callsOf(emulator, 'sendMessage').map(
    (params) => Reflect.get(Object(params), 'entities') as unknown,
  )
  expect(sent.slice(-2)).toEqual([undefined, [{ ...entities[0], url: 'https://x.example/[secret]' }]])
  await close()
})

it('text that is being written never shows a secret, however it is cut into pieces', async () => {
  const piece = fc.constantFrom(SECRET, SECRET.slice(0, 9), SECRET.slice(4), 'tok-', 'a', ' ', 'of-')
  await fc.assert(
    fc.asyncProperty(
      fc.array(piece, { maxLength: 12 }),
      fc.infiniteStream(fc.integer({ min: 1, max: 9 })),
      async (pieces, sizes) => {
        const whole = pieces.join('')
        async function* chunks(): AsyncGenerator<string> {
          for (let at = 0; at < whole.length;) {
            const size = Number(sizes.next().value)
            yield whole.slice(at, at + size)
            at += size
          }
        }
        let shown = ''
        for await (const chunk of maskStream(chunks(), mask)) {
          shown += chunk
          expect(shown).not.toContain(SECRET)
        }
        expect(shown).toBe(mask.applyToChat(whole))
      },
    ),
  )
})
