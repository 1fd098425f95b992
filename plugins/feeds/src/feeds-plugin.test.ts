import { collectText, createMemoryStore, createTestServices, runPlugin } from '@pluggram/testing'
import type { MemoryStore, PluginUnderTest, TestServices } from '@pluggram/testing'
import { installLeakCheck } from '@pluggram/testing/leak-check'
import { PermissionError } from '@pluggram/sdk'
import type { PluginResult, Reply } from '@pluggram/sdk'
import { expect, test } from 'vitest'
import example from '../config.example.json' with { type: 'json' }
import feeds from './index.ts'

installLeakCheck()

/** A site with a feed whose entries the test sets. */
class Site {
  entries = ['one']
  answer: (() => Response) | undefined
  readonly requests: { url: string; etag: string | null }[] = []

  readonly fetch = async (input: string | URL | Request, init?: RequestInit): Promise<Response> => {
    const request = new Request(input, init)
    const etag = request.headers.get('if-none-match')
    this.requests.push({ url: request.url, etag })
    if (this.answer) return this.answer()
    if (new URL(request.url).pathname === '/') {
      const html =
        '<html><head><link rel="alternate" type="application/rss+xml" href="/feed.xml"></head></html>'
      return new Response(html, { headers: { 'content-type': 'text/html' } })
    }
    const version = `"${this.entries.length}"`
    if (etag === version) return new Response(null, { status: 304 })
    const items = this.entries
      .toReversed()
      .map((title) => `<item><title>${title}</title><guid>https://news.example/${title}</guid></item>`)
    return new Response(`<rss version="2.0"><channel><title>News</title>${items.join('')}</channel></rss>`, {
      headers: { etag: version },
    })
  }
}

interface Bench extends AsyncDisposable {
  readonly plugin: PluginUnderTest
  readonly services: TestServices
  sent(): string[]
}

async function bench(
  site: Site,
  config: Record<string, number | string> = {},
  store: MemoryStore = createMemoryStore(),
): Promise<Bench> {
  const services = createTestServices({ fetch: site.fetch, store })
  const plugin = await runPlugin(feeds, { services, config })
  return {
    plugin,
    services,
    sent: () => services.telegram.records.map((record) => ('reply' in record ? titleOf(record.reply) : '')),
    [Symbol.asyncDispose]: () => plugin.stop(),
  }
}

function titleOf({ text }: Reply): string {
  return typeof text === 'string' ? (text.split('\n', 1)[0] ?? '') : ''
}

const HOUR = 3_600

test('a feed is found on its page, and what comes later is sent, oldest first, each once', async () => {
  const site = new Site()
  await using b = await bench(site)
  const added = await b.plugin.send('/feed add news.example')
  expect(added).toMatchObject({
    response: ['Subscribed to “News”. Latest:', { text: '📰 one\n\nNews' }],
  })
  await b.services.schedules.advance(HOUR)
  expect(b.sent()).toEqual([])
  site.entries.push('two', 'three')
  await b.services.schedules.advance(HOUR)
  expect(b.sent()).toEqual(['📰 two', '📰 three'])
  await b.services.schedules.advance(3 * HOUR)
  expect(b.sent()).toHaveLength(2)
  expect(b.services.telegram.records[0]).toMatchObject({ chatId: 1_001, options: { broadcast: true } })
})

test('the server is asked only for what is new', async () => {
  const site = new Site()
  await using b = await bench(site)
  await b.plugin.send('/feed add https://news.example/feed.xml')
  await b.services.schedules.advance(HOUR)
  expect(site.requests.slice(1).every(({ etag }) => etag === '"1"')).toBe(true)
})

test('after a restart nothing is sent again, and what was missed is sent', async () => {
  const site = new Site()
  const store = createMemoryStore()
  {
    await using before = await bench(site, {}, store)
    await before.plugin.send('/feed add https://news.example/feed.xml')
    site.entries.push('two')
    await before.services.schedules.advance(HOUR)
    expect(before.sent()).toEqual(['📰 two'])
  }
  site.entries.push('three')
  await using after = await bench(site, {}, store)
  await after.services.schedules.advance(HOUR)
  expect(after.sent()).toEqual(['📰 three'])
})

test('of many new entries the newest are sent, and the number of the others', async () => {
  const site = new Site()
  await using b = await bench(site, { max_entries: 2 })
  await b.plugin.send('/feed add https://news.example/feed.xml')
  site.entries.push('a', 'b', 'c', 'd')
  await b.services.schedules.advance(HOUR)
  expect(b.sent()).toEqual(['📰 c', '📰 d', 'News: and 2 more.'])
})

test('a feed that fails is asked more and more seldom, and is followed again when it works', async () => {
  const site = new Site()
  await using b = await bench(site, { check_minutes: 60 })
  await b.plugin.send('/feed add https://news.example/feed.xml')
  site.answer = () => new Response('', { status: 500 })
  const before = site.requests.length
  await b.services.schedules.advance(24 * HOUR)
  const asked = site.requests.length - before
  expect(asked).toBeGreaterThan(1)
  expect(asked).toBeLessThan(8)
  site.answer = undefined
  site.entries.push('back')
  await b.services.schedules.advance(24 * HOUR)
  expect(b.sent()).toEqual(['📰 back'])
})

test('a chat lists and leaves its feeds, and no other chat’s', async () => {
  await using b = await bench(new Site())
  await b.plugin.send('/feed add https://news.example/feed.xml')
  expect(await collectText(await b.plugin.send('/feed add https://news.example/feed.xml'))).toContain(
    'already',
  )
  const list = await b.plugin.send('/feed list')
  expect(await collectText(list)).toBe('1. News\nhttps://news.example/feed.xml')
  const data = buttonOf(list)
  expect(Buffer.byteLength(data)).toBeLessThanOrEqual(59)
  await b.plugin.press(data, { chat: { id: 9 } })
  expect(await collectText(await b.plugin.send('/feed list'))).toContain('1. News')
  expect(await collectText(await b.plugin.press(data))).toContain('has no feeds')
  expect(await b.plugin.send('/feed remove 1')).toMatchObject({ success: false })
  expect(await b.plugin.status()).toMatchObject({ feeds: 0 })
})

function buttonOf(result: PluginResult | undefined): string {
  const { buttons = [] } = (result?.success ? result.response : {}) as Reply
  const [button] = buttons.flat()
  return button && 'data' in button ? button.data : ''
}

test('/feed check looks at once', async () => {
  const site = new Site()
  await using b = await bench(site)
  await b.plugin.send('/feed add https://news.example/feed.xml')
  expect(await collectText(await b.plugin.send('/feed check'))).toBe('Nothing new.')
  site.entries.push('two')
  expect(await collectText(await b.plugin.send('/feed check'))).toBe('New entries: 1.')
  expect(b.sent()).toEqual(['📰 two'])
})

test('one chat that cannot be written to does not keep the others from their news', async () => {
  const site = new Site()
  await using b = await bench(site)
  await b.plugin.send('/feed add https://news.example/feed.xml')
  await b.plugin.send('/feed add https://news.example/feed.xml', { chat: { id: 2 } })
  const { send } = b.services.telegram
  b.services.telegram.send = async (chatId, ...rest) => {
    if (chatId === 1_001) throw new PermissionError('blocked')
    return send(chatId, ...rest)
  }
  site.entries.push('two')
  await b.services.schedules.advance(HOUR)
  expect(b.services.telegram.records).toMatchObject([{ chatId: 2 }])
  expect(b.services.logLines.some(({ level }) => level === 'warn')).toBe(true)
})

test.each<[string, (() => Response) | undefined, string]>([
  ['', undefined, 'Which feed?'],
  ['two words', undefined, 'Which feed?'],
  ['https://ann:secret@news.example/', undefined, 'which everybody here would see'],
  ['https://news.example/x', () => new Response('<p>hello'), 'I found no feed'],
  ['https://news.example/x', () => new Response('', { status: 404 }), 'status 404'],
  [
    'http://10.0.0.1/feed',
    () => {
      throw new PermissionError('10.0.0.1 …')
    },
    "I can't read 10.0.0.1: it is not on the public internet.",
  ],
])('“/feed add %s” is refused in words', async (address, answer, words) => {
  const site = new Site()
  site.answer = answer
  await using b = await bench(site)
  expect(await b.plugin.send(`/feed add ${address}`)).toEqual({
    success: false,
    error: expect.stringContaining(words),
  })
})

test('only those who may, and not more than a chat may', async () => {
  const site = new Site()
  await using b = await bench(site, { role: 'trusted', max_feeds_per_chat: 1 })
  expect(await b.plugin.send('/feed add https://news.example/a')).toMatchObject({ success: false })
  expect(await b.plugin.send('/feed add https://news.example/a', { role: 'trusted' })).toMatchObject({
    success: true,
  })
  expect(await b.plugin.send('/feed add https://news.example/b', { role: 'owner' })).toEqual({
    success: false,
    error: 'A chat can have at most 1 feeds.',
  })
})

test('the example of a configuration is taken', async () => {
  await using b = await bench(new Site(), { ...example.plugins.feeds, allow_addresses: undefined } as never)
  expect(b.plugin.descriptor.commands.map(({ name }) => name)).toEqual(['feed'])
})

test('a model follows, lists, reads and leaves feeds as a person does', async () => {
  const site = new Site()
  await using started = await bench(site)
  const { plugin } = started
  expect(await plugin.callTool('follow_feed', { address: 'nonsense' })).toMatchObject({
    error: expect.stringContaining('Which feed?'),
  })
  expect(await plugin.callTool('follow_feed', { address: 'https://news.example/feed.xml' })).toEqual({
    feed: 'News',
    followed: 'from now on',
    latest: 'one',
  })
  expect(await plugin.callTool('list_feeds')).toEqual([
    { number: 1, title: 'News', address: 'https://news.example/feed.xml' },
  ])
  expect(await plugin.callTool('read_feed', { feed: 'news' })).toMatchObject([{ title: 'one' }])
  expect(await plugin.callTool('read_feed', { feed: '1' }, { chat: { id: 55 } })).toHaveProperty('error')
  expect(await plugin.callTool('unfollow_feed', { feed: '1' })).toBe('Unsubscribed.')
  expect(await plugin.callTool('list_feeds')).toEqual([])
})

test('only people who may change feeds are offered the tools that do', async () => {
  await using started = await bench(new Site(), { role: 'owner' })
  expect(started.plugin.descriptor.tools.map(({ name, role }) => [name, role])).toEqual([
    ['follow_feed', 'owner'],
    ['unfollow_feed', 'owner'],
    ['list_feeds', 'everyone'],
    ['read_feed', 'everyone'],
  ])
})
