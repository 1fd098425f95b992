import { PermissionError } from '@pluggram/sdk'
import {
  collectText,
  createScriptedAi,
  createTestContext,
  createTestServices,
  runPlugin,
} from '@pluggram/testing'
import { installLeakCheck } from '@pluggram/testing/leak-check'
import { expect, test } from 'vitest'
import { picturesIn } from './answer-pictures.ts'
import plugin from './index.ts'

installLeakCheck()

const png = (width: number, height: number): Uint8Array<ArrayBuffer> => {
  const bytes = Buffer.alloc(40)
  bytes.write('\x89PNG\r\n\x1a\n', 'latin1')
  bytes.writeUInt32BE(width, 16)
  bytes.writeUInt32BE(height, 20)
  return new Uint8Array(bytes)
}

const FILES: Readonly<Record<string, () => Response>> = {
  '/cat.png': () => new Response(png(20, 10)),
  // the type is a lie
  '/page.png': () => new Response('<html>no picture</html>', { headers: { 'content-type': 'image/png' } }),
  '/gone.png': () => new Response('', { status: 404 }),
  '/large.png': () => new Response(png(20, 10), { headers: { 'content-length': '99000000' } }),
  '/wide.png': () => new Response(png(9_000, 100)),
  '/inside.png': () => {
    throw new PermissionError('ai_chatbot may not reach that address.')
  },
}

async function answer(
  markdown: string,
  { mayFetch = true, config = {} }: { mayFetch?: boolean; config?: object } = {},
) {
  const asked: string[] = []
  const services = createTestServices({
    ai: createScriptedAi([], {
      async *streamText(request) {
        yield markdown
        const usage = { inputTokens: 0, outputTokens: 0 }
        request.onEnd?.({ model: 'test:scripted', usage, reason: 'stop', isForeign: !mayFetch, mayFetch })
      },
    }),
    fetch: async (input) => {
      const { href, pathname } = new URL(String(input))
      asked.push(href)
      return FILES[pathname]?.() ?? new Response('', { status: 404 })
    },
  })
  await using running = await runPlugin(plugin, { services, config: { ...config } })
  const context = createTestContext({ text: 'Show me a cat' })
  const words = await collectText(await running.ask(context))
  return { asked, words, photos: context.replies.map(({ text, media }) => [text, media?.kind]) }
}

const SITE = 'https://pictures.example'

test('a picture in an answer is sent as a photo with its words', async () => {
  const markdown = `Here:\n\n![a **cat**](${SITE}/cat.png "A cat") and ![](${SITE}/cat.png?2)`
  const { asked, photos, words } = await answer(markdown)
  expect(asked).toEqual([`${SITE}/cat.png`, `${SITE}/cat.png?2`])
  expect(photos).toEqual([
    ['a **cat**', 'photo'],
    [undefined, 'photo'],
  ])
  // the words keep the address
  expect(words).toBe(markdown)
})

test.each(['page', 'gone', 'large', 'wide', 'inside'])('%s.png stays a link', async (name) => {
  const { asked, photos, words } = await answer(`![x](${SITE}/${name}.png)`)
  expect(asked).toHaveLength(1)
  expect(photos).toEqual([])
  expect(words).toContain(`${SITE}/${name}.png`)
})

test('an address that texts of others may have led to is never requested', async () => {
  const { asked, photos, words } = await answer(`![x](${SITE}/cat.png?secret=4711)`, { mayFetch: false })
  expect(asked).toEqual([])
  expect(photos).toEqual([])
  expect(words).toContain('secret=4711')
})

test('an owner can turn it off', async () => {
  expect((await answer(`![x](${SITE}/cat.png)`, { config: { show_pictures: false } })).asked).toEqual([])
})

test.each([
  ['```\n![x](https://a.example/x.png)\n```', []],
  ['write `![x](https://a.example/x.png)` so', []],
  ['![x](http://a.example/x.png) ![y](data:image/png;base64,AA==) ![z](file:///etc/passwd)', []],
  ['[![x](https://a.example/x.png)](https://b.example)', ['https://a.example/x.png']],
  ['![x](<https://a.example/x.png>)', ['https://a.example/x.png']],
  ['![x](https://a.example/a_(b).png)', ['https://a.example/a_(b).png']],
  ['![x](https://a.example/x.png)'.repeat(9), ['https://a.example/x.png']],
  [
    [1, 2, 3, 4, 5, 6].map((n) => `![${n}](https://a.example/${n})`).join(' '),
    [1, 2, 3, 4].map((n) => `https://a.example/${n}`),
  ],
])('the pictures of %s', (markdown, urls) => {
  expect(picturesIn(markdown).map(({ url }) => url)).toEqual(urls)
})
