import { createSecretMask } from '@pluggram/observability'
import type { Chat, Reply } from '@pluggram/sdk'
import type { Messenger, OutgoingMessage, SettledReply } from '@pluggram/sdk/runtime'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { maskReplies, maskValues } from './mask-replies.ts'

const SECRET = 'tok-of-the-tok-77'
const mask = createSecretMask([SECRET])
const chat: Chat = { id: 7, type: 'private' }

/** Remembers what it was to plan and to say, and reads streams to their end. */
function recorded() {
  const planned: Pick<SettledReply, 'reply' | 'note'>[] = []
  const said: (string | undefined)[] = []
  const shown: string[] = []
  const messenger: Messenger = {
    async settle(_chat, reply) {
      if (typeof reply.text !== 'object') throw new Error('no stream')
      for await (const chunk of reply.text) shown.push(`${shown.at(-1) ?? ''}${chunk}`)
      return { reply: { ...reply, text: shown.at(-1) ?? '' } }
    },
    plan(_chat, settled) {
      planned.push(settled)
      return [] as OutgoingMessage[]
    },
    answerCallback: async (_id, text) => void said.push(text),
    deliver: () => Promise.reject(new Error('not asked for')),
    showTyping: async () => {},
    react: async () => {},
    download: () => Promise.reject(new Error('not asked for')),
  }
  return { way: maskReplies(messenger, mask), planned, said, shown }
}

test('text, caption, note, buttons and notices show no secret', async () => {
  const { way, planned, said } = recorded()
  const reply: Reply & { text: string } = {
    text: `asked https://x.example/?key=${SECRET}`,
    entities: [{ type: 'url', offset: 6, length: 40 }],
    buttons: [
      [
        { text: `Open ${SECRET}`, url: `https://x.example/?key=${SECRET}` },
        { text: 'Again', data: 'again' },
      ],
    ],
  }
  way.plan(chat, { reply, note: `[ends: ${SECRET}]` })
  await way.answerCallback('1', SECRET)
  expect(planned).toEqual([
    {
      reply: {
        text: 'asked https://x.example/?key=[secret]',
        buttons: [
          [
            { text: 'Open [secret]', url: 'https://x.example/?key=[secret]' },
            { text: 'Again', data: 'again' },
          ],
        ],
      },
      note: '[ends: [secret]]',
    },
  ])
  expect(said).toEqual(['[secret]'])
})

test('a reply without a secret is planned as it is, formatting included', () => {
  const { way, planned } = recorded()
  const reply: Reply & { text: string } = {
    text: 'bold',
    entities: [{ type: 'bold', offset: 0, length: 4 }],
    buttons: [[{ text: 'Again', data: 'again' }]],
  }
  way.plan(chat, { reply })
  expect(planned[0]?.reply).toBe(reply)
})

test('text that is being written never shows a secret, however it is cut into pieces', async () => {
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
        const { way, shown } = recorded()
        const { reply } = await way.settle(chat, { text: chunks() }, new AbortController().signal)
        expect(reply.text).toBe(mask.applyToChat(whole))
        for (const text of shown) expect(text).not.toContain(SECRET)
      },
    ),
  )
})

test('what is no plain data is left alone', () => {
  const bytes = new Uint8Array([1, 2])
  expect(maskValues({ text: SECRET, file: bytes, at: [SECRET, 3] }, mask)).toEqual({
    text: '[secret]',
    file: bytes,
    at: ['[secret]', 3],
  })
})
