import { createServer } from 'node:http'
import type { Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import type { EmulatedUser, TranscriptMessage } from '@pluggram/bot-api-emulator'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { startAssistant } from './support/assistant.ts'
import type { RunningAssistant } from './support/assistant.ts'
import { botMessages, createPerson, startEmulator, TOKEN, write } from './support/emulator.ts'
import type { RunningEmulator } from './support/emulator.ts'
import { createHome, removeHomes } from './support/home.ts'
import { stopAllPrograms } from './support/program.ts'

const NAMES = [
  'api_integration',
  'database',
  'feeds',
  'logging',
  'metrics',
  'polls_and_forms',
  'reminders',
  'scheduled_task',
  'translate',
  'web_page',
]
const ENDPOINTS = ['bad_json', 'deep', 'empty', 'failing', 'huge', 'inward', 'long', 'page', 'silent']
const NEWS = Array.from(
  { length: 10_000 },
  (_, index) =>
    `<item><title>Entry ${index}</title><guid>${index}</guid><description>words</description></item>`,
)
const BOMB = `<!DOCTYPE x [<!ENTITY a "aaaaaaaaaa">${[...'bcdefghij']
  .map((name, index) => `<!ENTITY ${name} "${`&${'abcdefghi'[index]};`.repeat(10)}">`)
  .join('')}]>`
const FEEDS: Readonly<Record<string, string>> = {
  '/many.xml': `<rss version="2.0"><channel><title>Many</title>${NEWS.join('')}</channel></rss>`,
  '/broken.xml': '<rss version="2.0"><channel><title>Broken<item>',
  '/bomb.xml': `${BOMB}<rss version="2.0"><channel><title>Bomb &j;</title></channel></rss>`,
  '/file.xml':
    '<!DOCTYPE x [<!ENTITY a SYSTEM "file:///etc/passwd">]><rss version="2.0"><channel><title>T</title><item><title>&a;</title></item></channel></rss>',
  '/nested.xml': `<rss><channel>${'<a>'.repeat(300_000)}`,
}
const ANSWERS: Readonly<Record<string, readonly [status: number, type: string, body: string]>> = {
  '/bad_json': [200, 'application/json', '{"a":'],
  '/deep': [200, 'application/json', '['.repeat(100_000) + ']'.repeat(100_000)],
  '/empty': [204, 'text/plain', ''],
  '/failing': [500, 'application/json', '{"trace":"internal-detail"}'],
  '/huge': [200, 'application/json', JSON.stringify('x'.repeat(3_000_000))],
  '/long': [200, 'text/plain', 'word '.repeat(20_000)],
  '/page': [200, 'text/html', '<form>Log in</form>'],
}

let site: Server
let url: string
let emulator: RunningEmulator
let assistant: RunningAssistant
let owner: EmulatedUser
let stranger: EmulatedUser

beforeAll(async () => {
  site = createServer((request, response) => {
    const path = request.url ?? ''
    if (path === '/silent') return
    if (path === '/inward') {
      response.writeHead(302, { location: 'http://169.254.169.254/latest/meta-data' }).end()
      return
    }
    const [status, type, body] = ANSWERS[path] ?? [200, 'application/rss+xml', FEEDS[path] ?? '']
    response.writeHead(status, { 'content-type': type }).end(body)
  })
  await new Promise<void>((resolve) => site.listen(0, '127.0.0.1', resolve))
  url = `http://127.0.0.1:${(site.address() as AddressInfo).port}`
  emulator = await startEmulator()
  owner = await createPerson(emulator.driver)
  stranger = await createPerson(emulator.driver, 'Bob')
  const home = await createHome({
    'config.json': {
      access: { mode: 'everyone', owners: [owner.id] },
      databases: { own: { url: 'sqlite::memory:' } },
      plugins: {
        feeds: { allow_addresses: ['127.0.0.1'] },
        api_integration: {
          endpoints: Object.fromEntries(
            ENDPOINTS.map((name) => [name, { url: `${url}/${name}`, method: 'GET', timeout_seconds: 1 }]),
          ),
        },
        database: { lookups: { one: { database: 'own', description: 'One', query: 'SELECT ? AS one' } } },
      },
    },
    'plugins_config.json': { enabled_plugins: Object.fromEntries(NAMES.map((name) => [name, true])) },
  })
  assistant = await startAssistant(home, { TELEGRAM_BOT_TOKEN: TOKEN, TELEGRAM_API_ROOT: emulator.url })
})

afterAll(async () => {
  await stopAllPrograms()
  site.closeAllConnections()
  await new Promise((resolve) => site.close(resolve))
  await removeHomes()
})

/** Sends a message and returns the first answer. */
async function say(text: string, who: EmulatedUser = owner): Promise<TranscriptMessage> {
  const { driver } = emulator
  const before = (await botMessages(driver, who.id, 0)).length
  await write(driver, who, text.replace('SITE', url))
  const [answer] = (await botMessages(driver, who.id, before + 1)).slice(before)
  if (!answer) throw new Error('nothing came back')
  // a feed's latest entry follows, and must not be taken for the next answer
  if (answer.text.endsWith('Latest:')) await botMessages(driver, who.id, before + 2)
  return answer
}

const INSIDE = /^⚠️ I can't read \S+: it is not on the public internet\.$/

test.each([
  // times
  ['remind me yesterday to call Ann', /^⚠️ That time has already passed\. For example: /],
  ['remind me every minute to stretch', /^⚠️ I can repeat a reminder at most every 5 minutes\.$/],
  ['remind me every day at 9 to stretch', /^OK, 🔁 every day at 09:00, first .*: stretch$/],
  ['/remind on 31 February to pay', /^⏰ When should I remind you: /],
  ['/remind in 100 years to pay', /^⚠️ That is more than 5 years away\.$/],
  ['/timezone Mars/Base', /^I don't know the time zone “Mars\/Base”/],
  ['/timezone europe/berlin', /^Your time zone is Europe\/Berlin;/],
  ['remind me tomorrow at 9 to drink tea', /09:00 \(Europe\/Berlin\): drink tea$/],
  ['/every weekday 9:00 Stand-up!', /^Every weekday 9:00 \(Europe\/Berlin\) I send: Stand-up!\nNext: /],
  ['/every 25:00 tea', /^⚠️ When should I send it\?/],
  ['/every 0 minutes tea', /^⚠️ An interval must be between 1 minute and 31 days\.$/],
  ['/every cron: 61 * * * * tea', /^⚠️ "61 \* \* \* \*" is not a valid cron expression/],
  // other services
  ['/bad_json', /^⚠️ I could not read the response from bad_json\.$/],
  ['/deep', /^⚠️ I could not read the response from deep\.$/],
  ['/empty', /^Done \(status 204\)\.$/],
  ['/failing', /^⚠️ failing answered with the status 500\.$/],
  ['/huge', /^⚠️ The response from huge is too long\.$/],
  ['/inward', /^⚠️ inward answered with the status 302\.$/],
  ['/long', /^The answer is long \(100,000 characters\); here it is as a file\.$/],
  ['/page', /^⚠️ page answered with a web page, not with data\.$/],
  ['/silent', /^⚠️ silent did not answer in time\.$/],
  // feeds and pages
  ['/feed add SITE/many.xml', /^Subscribed to “Many”\./],
  ['/feed add SITE/broken.xml', /^⚠️ I found no feed at that address\.$/],
  ['/feed add SITE/bomb.xml', /^(?:Subscribed to “.{1,200}”|⚠️ I found no feed)/],
  ['/feed add SITE/file.xml', /^⚠️ I found no feed at that address\.$/],
  ['/feed add SITE/nested.xml', /^⚠️ (?:I found no feed|That feed is too complex)/],
  ['/feed add SITE/inward', INSIDE],
  ['/feed add http://169.254.169.254/latest', INSIDE],
  ['/feed add http://192.168.0.1/', INSIDE],
  ['/feed add file:///etc/passwd', /^⚠️ Which feed\?/],
  ['/read http://127.0.0.1:1/', INSIDE],
  ['/read http://0x7f.1/', INSIDE],
  ['/read http://2130706433/', INSIDE],
  ['/read http://[::ffff:10.0.0.1]/', INSIDE],
  ['/read http://[fd00::1]/', INSIDE],
  ['/read SITE/page', INSIDE],
  ['/read http://user:pw@example.com/', /^⚠️ That address contains a name or password/],
  ['/read file:///etc/passwd', /^⚠️ Which page\?/],
  // words that are no code
  ['/poll <b>Q</b>; <script>; \u202Eevil', /^📊 <b>Q<\/b>\n\n<script>\n/],
  ['/poll Q; a; a', /^⚠️ Two of the answers are the same\.$/],
  [`/poll Q; ${'x'.repeat(300)}; b`, /^⚠️ An answer has at most 60 characters\.$/],
  ["/one x'; DROP TABLE a; --", /^one: x'; DROP TABLE a; --$/],
  [`/one ${'x'.repeat(600)}`, /^⚠️ That's too long\. The maximum is 500 characters\.$/],
  ['/form export nope', /^⚠️ There is no form “nope”\./],
  ['/translate klingon hello', /^⚠️ Translation needs an AI model/],
  ['/journal export', /^\d+ entries\.$/],
] as const)('“%s” is answered in words', async (text, answer) => {
  expect((await say(text)).text).toMatch(answer)
})

test.each([
  ['/every day 9:00 spam', 'Only the owner and trusted people can do that.'],
  ['/journal export', 'Only the owner can do that.'],
  ['/stats', 'Only the owner can do that.'],
])('a stranger who writes “%s” is refused', async (text, answer) => {
  expect((await say(text, stranger)).text).toContain(answer)
})

test('none of it hurt the assistant', async () => {
  expect((await fetch(`${assistant.url}/readyz`)).status).toBe(200)
  expect(assistant.output()).not.toContain('root:x:')
  expect((await say('/stats')).attachments).toMatchObject([{ kind: 'photo' }])
})
