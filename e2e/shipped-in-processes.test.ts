import { createServer } from 'node:http'
import type { Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import type { EmulatedUser } from '@pluggram/bot-api-emulator'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { logIn, startAssistant } from './support/assistant.ts'
import type { RunningAssistant, Session } from './support/assistant.ts'
import { grant } from './support/command.ts'
import { ask, botMessages, createPerson } from './support/emulator.ts'
import { createHome, removeHomes } from './support/home.ts'
import { stopAllPrograms } from './support/program.ts'

const NAMES = ['api_integration', 'database', 'feeds', 'metrics', 'translate', 'web_page'] as const
const ARTICLE = `<title>The river</title><p>${'The river rose in the night. '.repeat(20)}</p>`

const FEED =
  '<rss version="2.0"><channel><title>News</title><item><title>Hello</title></item></channel></rss>'
const TOWNS = "SELECT 'Kiel' AS town, 1 AS visits UNION ALL SELECT 'Oslo', 2"

async function startSite(): Promise<{ server: Server; url: string }> {
  const server = createServer((request, response) => {
    const isApi = request.url === '/api'
    response.writeHead(200, { 'content-type': isApi ? 'application/json' : 'text/html' })
    response.end(isApi ? '{"text":"hello"}' : request.url === '/feed' ? FEED : ARTICLE)
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  return { server, url: `http://127.0.0.1:${(server.address() as AddressInfo).port}` }
}

/** A plugin may run in its own process or inside the assistant, and cannot tell which. */
describe('plugins that ship, each in a process of its own', () => {
  let assistant: RunningAssistant
  let driver: Session
  let ada: EmulatedUser
  let site: { server: Server; url: string }

  beforeAll(async () => {
    site = await startSite()
    const isolated = Object.fromEntries(NAMES.map((name) => [name, { isolation: 'process' }]))
    const home = await createHome({
      'plugins_config.json': { enabled_plugins: Object.fromEntries(NAMES.map((name) => [name, true])) },
      'config.json': {
        databases: { atlas: { url: 'sqlite::memory:' } },
        plugin_host: { plugins: isolated },
        plugins: {
          web_page: { allow_addresses: ['127.0.0.1'] },
          feeds: { allow_addresses: ['127.0.0.1'] },
          database: {
            tables: 'picture',
            lookups: { towns: { database: 'atlas', description: 'Towns', query: TOWNS } },
          },
          metrics: { who: 'everyone' },
          api_integration: {
            endpoints: { hello: { url: `${site.url}/api`, reply: 'It says {{ answer.text }}' } },
          },
        },
      },
    })
    await grant(home, ...NAMES)
    assistant = await startAssistant(home)
    driver = await logIn(assistant)
    ada = await createPerson(driver)
  })

  afterAll(async () => {
    await stopAllPrograms()
    await new Promise((resolve) => site.server.close(resolve))
    await removeHomes()
  })

  test('they run there', async () => {
    const report = await (await fetch(`${assistant.url}/readyz`)).text()
    for (const name of NAMES) expect(report).toContain(`"${name}":{"state":"running","isolation":"process"`)
  })

  test('commands of the configuration answer', async () => {
    expect(await ask(driver, ada, '/hello')).toEqual(['It says hello'])
  })

  test('a page is read, without a thread of its own', async () => {
    expect((await ask(driver, ada, `/read ${site.url}/`))[0]).toMatch(/^📄 The river\n\nThe river rose/)
  })

  test('a feed is read, and pictures are drawn, without a thread either', async () => {
    // the latest entry follows in a message of its own
    const added = await ask(driver, ada, `/feed add ${site.url}/feed`, 2)
    expect(added[0]).toContain('Subscribed to “News”')
    await ask(driver, ada, '/towns')
    expect((await ask(driver, ada, '/stats'))[0]).toMatch(/^\d+ messages · 0 failed · /m)
    const answers = (await botMessages(driver, ada.id)).slice(-2)
    expect(answers.map(({ attachments }) => attachments.map(({ kind }) => kind))).toEqual([
      ['photo'],
      ['photo'],
    ])
  })

  test('the demo model’s limits are told', async () => {
    expect((await ask(driver, ada, '/translate german Hello'))[0]).toContain('needs an AI model')
  })
})
