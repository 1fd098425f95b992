import { readdirSync, readFileSync } from 'node:fs'
import path from 'node:path'
import { describe, expect, test } from 'vitest'
import announcer from '../../../docs/examples/announcer.ts'
import appointment from '../../../docs/examples/appointment.ts'
import attachments from '../../../docs/examples/attachments.ts'
import calculator from '../../../docs/examples/calculator.ts'
import headlines from '../../../docs/examples/headlines.ts'
import Hello from '../../../docs/examples/hello.ts'
import issues from '../../../docs/examples/issues.ts'
import reminder from '../../../docs/examples/reminder.ts'
import replies from '../../../docs/examples/replies.ts'
import { collectText, createTestContext, createTestServices, runPlugin } from './index.ts'
// runs the test examples of the guide
import '../../../docs/examples/greeter.test.ts'
import '../../../docs/examples/notes.test.ts'
import '../../../docs/examples/home/plugins/my_plugin.test.ts'

const docs = path.resolve(import.meta.dirname, '../../../docs')
const guide = readFileSync(path.join(docs, 'guides/plugin-development.md'), 'utf8')
const blocks = [...guide.matchAll(/<!-- file: (?<file>\S+) -->\n```\w+\n(?<code>[^]*?)```\n/g)].map(
  ({ groups }) => ({
    file: groups?.['file'] ?? '',
    code: groups?.['code'] ?? '',
  }),
)

test('every block of code in the guide is a file, and every file is in the guide', () => {
  expect(guide.match(/^```\w+$/gm)).toHaveLength(blocks.length)
  const files = readdirSync(path.join(docs, 'examples'), { recursive: true, encoding: 'utf8' })
  expect(blocks.map(({ file }) => file).toSorted()).toEqual(
    files.filter((file) => path.extname(file) !== '').toSorted(),
  )
})

test.each(blocks)('the guide shows $file as it is', ({ file, code }) => {
  expect(code).toBe(readFileSync(path.join(docs, 'examples', file), 'utf8'))
})

test('the first class greets with the greeting of its block', async () => {
  await using plugin = await runPlugin(Hello, { name: 'hello', config: { greeting: 'Good morning' } })
  expect(await collectText(await plugin.send('Hello'))).toBe('Good morning, Ann!')
  expect(await plugin.send('other')).toBeUndefined()
  expect(await plugin.status()).toEqual({ status: 'active', greeted: 1 })
})

test('the headlines are about what is set for the chat', async () => {
  const urls: string[] = []
  const services = createTestServices({
    fetch: async (url) => {
      urls.push(String(url))
      return new Response('one\ntwo\nthree')
    },
  })
  const chatConfig = { [-5]: { topic: 'sports', count: 2, server: 'https://elsewhere.example' } }
  await using plugin = await runPlugin(headlines, { services, chatConfig })
  const there = { chat: { id: -5, type: 'group' as const } }
  expect(await collectText(await plugin.send('/headlines', there))).toBe('one\ntwo')
  expect(await collectText(await plugin.send('/headlines'))).toBe('one\ntwo\nthree')
  expect(urls).toEqual(['https://news.example.com/sports.txt', 'https://news.example.com/world.txt'])
  expect(await collectText(await plugin.send('what is this about?', there))).toContain('sports')
})

test('the issues are asked for with the credential of the owner', async () => {
  const fetch = async (input: string | URL | Request) =>
    Response.json([{ title: new Request(input).headers.get('authorization') }])
  const services = createTestServices({ fetch })
  await using plugin = await runPlugin(issues, { services, credentials: { github: 'a-test-token' } })
  expect(await collectText(await plugin.send('/issues'))).toBe('• Bearer [secret]')
})

describe('the replies of the guide', () => {
  test('have buttons that come back, a file, a stream and a reply on the way', async () => {
    await using plugin = await runPlugin(replies)
    expect(await plugin.send('/menu')).toMatchObject({ response: { format: 'markdown' } })
    expect(await collectText(await plugin.press('order:tea'))).toBe('One tea, coming up.')
    expect(await plugin.send('/card')).toMatchObject({ response: { media: { fileName: 'card.txt' } } })
    expect(await collectText(await plugin.send('/count'))).toBe('3 … 2 … 1 … go!')
    const context = createTestContext({ text: '/slow' })
    expect(await plugin.ask(context)).toMatchObject({
      response: { text: 'Done.', editMessageId: expect.any(Number) },
    })
    expect(context.reactions).toEqual(['👀'])
    expect(context.replies).toEqual([{ text: 'Working on it …' }])
  })
})

test('the announcer of the guide writes to everybody who subscribed, for an owner', async () => {
  const services = createTestServices()
  await using plugin = await runPlugin(announcer, { services })
  await plugin.send('/subscribe', { chat: { id: 7 } })
  await plugin.send('/subscribe', { chat: { id: -8, type: 'group' } })
  expect(await plugin.send('/announce Tea is ready')).toMatchObject({ success: false })
  expect(await collectText(await plugin.send('/announce Tea is ready', { role: 'owner' }))).toContain(
    '2 chats',
  )
  const reply = { text: 'Tea is ready' }
  expect(services.telegram.records).toMatchObject([
    { kind: 'send', chatId: 7, reply, options: { broadcast: true } },
    { kind: 'send', chatId: -8, reply },
  ])
})

test('the attachments of the guide are read', async () => {
  await using plugin = await runPlugin(attachments)
  const photo = { kind: 'photo', fileId: 'p', width: 4, height: 3 } as const
  const result = await plugin.send('', { attachments: [photo], files: { p: new Uint8Array(9) } })
  expect(await collectText(result)).toBe('4 × 3, 9 bytes')
  expect(await plugin.send('text')).toBeUndefined()
})

test('the notes of the guide are kept, and its effects have labels', async () => {
  await using plugin = await runPlugin(reminder)
  expect(await collectText(await plugin.send('/note'))).toBe('There is no note.')
  await plugin.send('/note milk')
  expect(await collectText(await plugin.send('/note'))).toBe('milk')
  expect(await collectText(await plugin.send('/note', { chat: { id: 5 } }))).toBe('There is no note.')
  expect(plugin.effects()).toEqual(['connection to the clock', 'count the minutes'])
})

test('the tools of the guide add, and keep what they are told', async () => {
  await using plugin = await runPlugin(calculator)
  expect(await plugin.callTool('add', { a: 2, b: 3 })).toEqual({ sum: 5 })
  expect(await plugin.callTool('keep', { value: 5 })).toBe('kept')
  await expect(plugin.callTool('add', { a: 2 })).rejects.toMatchObject({ code: 'tool-arguments-invalid' })
})

test('the appointment is read from what the model answers', async () => {
  const answer = '{"what":"Lunch","day":"2026-11-23","people":["Ann","Bob"]}'
  await using plugin = await runPlugin(appointment, { services: createTestServices({ ai: [answer] }) })
  const result = await plugin.send('/appointment Lunch tomorrow with Ann and Bob')
  expect(await collectText(result)).toBe('2026-11-23: Lunch with Ann, Bob')
})
