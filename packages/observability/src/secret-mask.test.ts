import { describe, expect, test } from 'vitest'
import { createSecretMask } from './secret-mask.ts'

test('in chats, what could be an ordinary word stays', () => {
  const mask = createSecretMask([
    'welcome',
    'x-api-key',
    'k3y-of-weather',
    'correct horse battery',
    '12345678',
  ])
  expect(mask.applyToChat('welcome! x-api-key: k3y-of-weather, correct horse battery, 12345678')).toBe(
    'welcome! x-api-key: [secret], [secret], 12345678',
  )
  expect(mask.apply('welcome! 12345678')).toBe('[secret]! [secret]')
})

test('in chats, a secret is hidden in its JSON and URL forms, and so is every bot token', () => {
  const mask = createSecretMask(['pass"word/1'])
  expect(mask.applyToChat(JSON.stringify({ a: 'pass"word/1' }))).toBe('{"a":"[secret]"}')
  expect(mask.applyToChat(`?p=${encodeURIComponent('pass"word/1')}`)).toBe('?p=[secret]')
  expect(mask.applyToChat('700000001:AAE2E-emulated-token-for-tests-000000')).toBe('[secret]')
})

test('the end of a text that may begin a secret is known', () => {
  const mask = createSecretMask(['aab-aab-1', 'zebra-22-zebra'])
  expect(mask.heldBack('nothing here.')).toBe(0)
  expect(mask.heldBack('it is aab-a')).toBe(5)
  expect(mask.heldBack('it is aab-aa')).toBe(6)
  expect(mask.heldBack('aaa')).toBe(2)
  expect(mask.heldBack('it is aab-aab-1')).toBe(0)
  expect(mask.heldBack('ze')).toBe(2)
  expect(mask.heldBack('')).toBe(0)
})

test('a long row of digits takes no long time', () => {
  const mask = createSecretMask()
  const text = '1'.repeat(100_000)
  const before = process.cpuUsage()
  expect(mask.applyToChat(text)).toBe(text)
  const { user, system } = process.cpuUsage(before)
  expect((user + system) / 1_000).toBeLessThan(1_000)
})

const TOKEN = '700000001:AAE2E-emulated-token-for-tests-000000'
const PASSWORD = 'pa$s w0rd&<"\'é/+1'
const KEY = 'k3y-of-the-weather-service'
const PEM = `-----BEGIN PRIVATE KEY-----\nMIIEvQIBADANBgkqhkiG9w0BAQEFAASC\nqhkiG9w0BAQEFAASCBKcwggSjAgEAAoIB\n-----END PRIVATE KEY-----`

const html = (text: string): string =>
  text.replace(/[&<>"']/g, (character) => `&#${character.charCodeAt(0)};`)
const base64 = (text: string): string => Buffer.from(text).toString('base64')

/** How secrets left other programs. */
const LEAKS: readonly (readonly [how: string, text: string])[] = [
  ['the token in the path of a failed request', `https://api.telegram.org/bot${TOKEN}/getUpdates`],
  ['the same with an encoded colon', `/bot${TOKEN.replace(':', '%3A')}/getMe`],
  ['a password as it is', `wrong password: ${PASSWORD}`],
  ['a password in an address', `postgres://bot:${encodeURIComponent(PASSWORD)}@db/main`],
  ['a password encoded twice', `next=${encodeURIComponent(encodeURIComponent(PASSWORD))}`],
  ['a form', `${new URLSearchParams({ password: PASSWORD })}`],
  ['JSON', JSON.stringify({ value: PASSWORD })],
  ['JSON within JSON', JSON.stringify({ body: JSON.stringify({ value: PASSWORD }) })],
  [
    'JSON of a library that escapes more',
    JSON.stringify(PASSWORD).replaceAll('/', '\\/').replace('é', '\\u00e9'),
  ],
  ['an error page', `<pre>${html(PASSWORD)}</pre>`],
  [
    'named entities',
    `<b>${PASSWORD.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('"', '&quot;')}</b>`,
  ],
  ['characters that nobody sees', [...KEY].join('\u200b')],
  ['a soft hyphen and a direction', `${KEY.slice(0, 5)}\u00ad${KEY.slice(5, 9)}\u202e${KEY.slice(9)}`],
  ['Base64 of a registry that echoes the credential', base64(KEY)],
  ['a header', `authorization: Basic ${base64(`user:${KEY}`)}`],
  ['Base64 without its padding, in an address', base64(`x${KEY}y`).replaceAll('=', '')],
  ['hexadecimal', Buffer.from(KEY).toString('hex')],
  ['a key file, whole', PEM],
  ['one line of a key file', 'unexpected token at qhkiG9w0BAQEFAASCBKcwggSjAgEAAoIB'],
]

describe('what left other programs does not leave this one', () => {
  const mask = createSecretMask([TOKEN, PASSWORD, KEY, PEM, ...PEM.split('\n')])
  test.each(LEAKS)('%s', (_how, text) => {
    for (const hidden of [mask.apply(text), mask.applyToChat(text)]) {
      expect(hidden).toContain('[secret]')
      for (const secret of [TOKEN, PASSWORD, KEY, base64(KEY)])
        expect(hidden).not.toContain(secret.slice(3, -3))
    }
  })

  test.each(LEAKS)('%s, written character by character', (_how, text) => {
    let [out, waiting] = ['', '']
    for (const character of text) {
      waiting += character
      const end = waiting.length - mask.heldBack(waiting)
      out += mask.applyToChat(waiting.slice(0, end))
      waiting = waiting.slice(end)
    }
    out += mask.applyToChat(waiting)
    for (const secret of [TOKEN, PASSWORD, KEY]) expect(out).not.toContain(secret.slice(3, -3))
  })

  test.each([
    ['postgres://bot:hunter2!@db.example/main', 'postgres://[secret]@db.example/main'],
    ['redis://:hunter2@10.0.0.1', 'redis://[secret]@10.0.0.1'],
    ['https://ghp1234567890abcdef@github.com/a/b', 'https://[secret]@github.com/a/b'],
    ['ssh://git@github.com/a/b', 'ssh://git@github.com/a/b'],
    [
      'postgres://user:password@localhost and amqp://guest:guest@host',
      'postgres://user:password@localhost and amqp://guest:guest@host',
    ],
    ['https://medium.com/@somebody and me@example.com', 'https://medium.com/@somebody and me@example.com'],
  ])('user and password of any address: %s', (text, hidden) => {
    expect(mask.applyToChat(text)).toBe(hidden)
    expect(mask.apply(text)).toBe(hidden)
  })

  test.each([
    ['GET /rss?user=a&api_key=abc123&page=2', 'GET /rss?user=a&api_key=[secret]&page=2'],
    ['?token=abc&amp;key=def', '?token=[secret]&amp;key=[secret]'],
    ['/cb?%E0%A4=value&page_size=2', '/cb?%E0%A4=[secret]&page_size=2'],
    [
      'host=db user=bot password=hunter2 sslmode=disable',
      'host=db user=bot password=[secret] sslmode=disable',
    ],
    ['Server=db;Uid=bot;Pwd=hunter2;', 'Server=db;Uid=bot;Pwd=[secret];'],
    ['Authorization: Bearer eyJhbGciOiJIUzI1NiJ9.e30.abc', 'Authorization: Bearer [secret]'],
    ['invalid key sk-proj-abcdefghijklmnop123', 'invalid key [secret]'],
    ['basic authentication-settings, max_tokens=500', 'basic authentication-settings, max_tokens=500'],
  ])('what its place shows to be secret, outside chats: %s', (text, hidden) => {
    expect(mask.apply(text)).toBe(hidden)
    expect(mask.applyToChat(text)).toBe(text)
  })
})

test('keys and texts of plain data are hidden, and whatever is below a key that looks secret', () => {
  const mask = createSecretMask([KEY])
  const bytes = new Uint8Array([1])
  const data = { [KEY]: 1, list: ['a', { api_key: ['unknown', 5] }], bytes }
  expect(mask.deep(data)).toEqual({ '[secret]': 1, list: ['a', { api_key: ['[secret]', 5] }], bytes })
  expect(mask.deepToChat(data)).toEqual({ '[secret]': 1, list: ['a', { api_key: ['unknown', 5] }], bytes })
  const harmless = { list: [{ text: 'a' }], bytes, at: new Date(0) }
  expect(mask.deep(harmless)).toBe(harmless)
})

test('a text in which everything may be the start of something takes no long time', () => {
  const mask = createSecretMask([TOKEN, PASSWORD, KEY, 'a%a%a%a%a%a%', '++++++++++++++++'])
  const hostile = ['%', '&#', '\\', '://', '+', '=', '?a=', 'bearer ', '\u200b', 'a%a%', '%41'].map((part) =>
    part.repeat(Math.ceil(50_000 / part.length)),
  )
  const before = process.cpuUsage()
  for (const text of hostile) mask.heldBack(mask.apply(text))
  const { user, system } = process.cpuUsage(before)
  expect((user + system) / 1_000).toBeLessThan(5_000)
})
