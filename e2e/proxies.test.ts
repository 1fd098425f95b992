import { writeFile } from 'node:fs/promises'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { startAssistant } from './support/assistant.ts'
import { runCommand } from './support/command.ts'
import { ask, botMessages, createPerson, startEmulator, TOKEN } from './support/emulator.ts'
import type { RunningEmulator } from './support/emulator.ts'
import { findFreePort } from './support/free-port.ts'
import { createHome, removeHomes } from './support/home.ts'
import { startProgram, stopAllPrograms } from './support/program.ts'
import { startProxy } from './support/proxy.ts'
import type { RunningProxy } from './support/proxy.ts'

const PASSWORD = 'proxy-password-4711'
const NEXT_PASSWORD = 'another-proxy-password-0815'
/** A plugin that sends a file, and asks an address on the internet. */
const FETCHER = `
export default class Fetcher {
  static manifest = {
    commands: { file: { description: 'A file' }, ask: { description: 'Asks' } },
    permissions: { network: ['93.184.215.14'] },
  }
  constructor(config, services) { this.services = services }
  async processMessage(_message, { command }) {
    if (command?.name === 'file')
      return { success: true, response: { text: 'here', media: { kind: 'document', source: Buffer.from('words') } } }
    if (command?.name !== 'ask') return undefined
    const response = await this.services.http.fetch('http://93.184.215.14:' + command.args + '/page')
    return { success: true, response: await response.text() }
  }
}`

let emulator: RunningEmulator
const site = createServer((request, response) => {
  if (request.method !== 'POST') {
    response.end(request.url === '/page' ? 'a page' : '{"data":[{"id":"far"}]}')
    return
  }
  response.setHeader('content-type', 'text/event-stream')
  const chunk = { choices: [{ index: 0, delta: { content: 'Hello from afar' } }] }
  const end = { choices: [{ index: 0, delta: {}, finish_reason: 'stop' }] }
  response.end(`data: ${JSON.stringify(chunk)}\n\ndata: ${JSON.stringify(end)}\n\ndata: [DONE]\n\n`)
})
let sitePort: number

beforeAll(async () => {
  emulator = await startEmulator()
  await new Promise<void>((resolve) => site.listen(0, '127.0.0.1', resolve))
  sitePort = (site.address() as AddressInfo).port
})
afterAll(async () => {
  await stopAllPrograms()
  await removeHomes()
  site.close()
})

test('calls, uploads, downloads, models and plugins go through the proxy, and its password stays secret', async () => {
  const proxy = await startProxy(`ada:${PASSWORD}`)
  const ann = await createPerson(emulator.driver, 'Ann')
  const telegram = `telegram.test:${new URL(emulator.url).port}`
  const home = await createHome({
    '.env': `HTTP_PROXY=http://ada:${PASSWORD}@${proxy.name}\n`,
    'config.json': {
      access: { mode: 'everyone', owners: [ann.id] },
      telegram: { api_root: `http://${telegram}` },
      ai: { base_url: `http://models.test:${sitePort}/v1`, model: 'openai-compatible:far' },
      log: { level: 'debug' },
    },
    'plugins_config.json': {
      enabled_plugins: { fetcher: true, file_info: true },
      grants: { fetcher: { network: ['93.184.215.14'] } },
    },
    'plugins/fetcher.js': FETCHER,
  })
  const assistant = await startAssistant(home, { TELEGRAM_BOT_TOKEN: TOKEN })
  expect(proxy.asked).toContain(telegram)
  expect(await ask(emulator.driver, ann, 'hello')).toEqual(['Hello from afar'])
  expect(proxy.asked).toContain(`models.test:${sitePort}`)
  const before = proxy.asked.filter((asked) => asked === telegram).length
  expect(await ask(emulator.driver, ann, '/file')).toEqual(['here'])
  // an upload has a connection of its own
  expect(proxy.asked.filter((asked) => asked === telegram).length).toBeGreaterThan(before)
  expect(await ask(emulator.driver, ann, `/ask ${sitePort}`)).toEqual(['a page'])
  expect(proxy.asked).toContain(`93.184.215.14:${sitePort}`)
  const form = new FormData()
  form.set('userId', String(ann.id))
  form.set('kind', 'document')
  form.set('file', new Blob(['one two']), 'words.txt')
  const count = (await botMessages(emulator.driver, ann.id)).length
  await fetch(`${emulator.url}/emulator/chats/${ann.id}/files`, { method: 'POST', body: form })
  await botMessages(emulator.driver, ann.id, count + 1)
  const ready = await (await fetch(`${assistant.url}/readyz`)).text()
  expect(`${assistant.output()}${ready}`).not.toContain(PASSWORD)
  expect(assistant.output()).toContain(proxy.name)
  await assistant.stop()
  proxy.close()
})

test.each([
  ['wants a password', 'http', 'wants a user name and a password (407)'],
  ['refuses the password', 'http://ada:wrong-password-1@', 'refused the user name or the password (407)'],
  ['is down', 'down', 'cannot be reached (ECONNREFUSED)'],
])('a proxy that %s is named in the log and in /readyz', async (_what, kind, words) => {
  const proxy = kind === 'down' ? undefined : await startProxy(`ada:${PASSWORD}`)
  const name = proxy?.name ?? `127.0.0.1:${await findFreePort()}`
  const home = await createHome({
    'config.json': { telegram: { proxy: `${kind.startsWith('http://') ? kind : 'http://'}${name}` } },
  })
  const program = startProgram('apps/assistant/src/main.ts', ['start'], {
    environment: {
      PLUGGRAM_HOME: home,
      PORT: '0',
      TELEGRAM_BOT_TOKEN: TOKEN,
      TELEGRAM_API_ROOT: emulator.url,
    },
  })
  const [line] = await program.waitFor(/[^\n]*proxy 127[^\n]*\n/)
  expect(line).toContain(`proxy ${name} ${words}`)
  const [, url = ''] = await program.waitFor(/(http:\/\/127\.0\.0\.1:\d+)\/login/)
  const ready = await fetch(`${url}/readyz`)
  expect(ready.status).toBe(503)
  expect(await ready.text()).toContain(`proxy ${name} ${words}`)
  expect(program.output()).not.toMatch(/wrong-password-1/)
  await program.stop()
  proxy?.close()
})

test('another proxy, with another password, counts for connections from then on', async () => {
  const [first, second] = [await startProxy(`ada:${PASSWORD}`), await startProxy(`ada:${NEXT_PASSWORD}`)]
  const eve = await createPerson(emulator.driver, 'Eve')
  const telegram = `telegram.test:${new URL(emulator.url).port}`
  const through = (password: string, { name }: RunningProxy): string =>
    `HTTP_PROXY=http://ada:${password}@${name}\n`
  const home = await createHome({
    '.env': through(PASSWORD, first),
    'plugins/fetcher.ts': FETCHER,
    'config.json': { access: { mode: 'everyone' } },
    'plugins_config.json': {
      enabled_plugins: { fetcher: true, ai_chatbot: false },
      grants: { fetcher: { network: ['93.184.215.14'] } },
    },
  })
  const assistant = await startAssistant(home, {
    TELEGRAM_BOT_TOKEN: TOKEN,
    TELEGRAM_API_ROOT: `http://${telegram}`,
  })
  expect(await ask(emulator.driver, eve, `/ask ${sitePort}`)).toEqual(['a page'])
  expect(second.asked).toEqual([])

  await writeFile(join(home, '.env'), through(NEXT_PASSWORD, second))
  await assistant.waitFor(
    new RegExp(`using proxies.*${RegExp.escape(second.name)}|${RegExp.escape(second.name)}.*using proxies`),
  )
  first.close()
  expect(await ask(emulator.driver, eve, `/ask ${sitePort}`)).toEqual(['a page'])
  await ask(emulator.driver, eve, '/file')
  expect(second.asked).toEqual(expect.arrayContaining([telegram, `93.184.215.14:${sitePort}`]))
  for (const password of [PASSWORD, NEXT_PASSWORD]) expect(assistant.output()).not.toContain(password)
  await assistant.stop()
  second.close()
})

test('a server on this machine is reached directly, whatever the proxies are', async () => {
  const ann = await createPerson(emulator.driver, 'Ann')
  const dead = `http://127.0.0.1:${await findFreePort()}`
  const home = await createHome({
    'config.json': {
      access: { mode: 'everyone' },
      ai: { base_url: `http://localhost:${sitePort}/v1`, model: 'openai-compatible:far' },
    },
  })
  const assistant = await startAssistant(home, {
    TELEGRAM_BOT_TOKEN: TOKEN,
    TELEGRAM_API_ROOT: emulator.url,
    http_proxy: dead,
    HTTPS_PROXY: dead,
    ALL_PROXY: dead,
  })
  expect(await ask(emulator.driver, ann, 'hello')).toEqual(['Hello from afar'])
  await assistant.stop()
})

test('variables that hold no address of a proxy are clear problems, without what they hold', async () => {
  const home = await createHome({
    '.env': [
      `HTTPS_PROXY=ftp://ada:${PASSWORD}@proxy.example`,
      `http_proxy=http://ada:${PASSWORD}@proxy.example:99999`,
      `ALL_PROXY=socks4://ada:${PASSWORD}@proxy.example`,
      `TELEGRAM_PROXY=http://ada:${PASSWORD}@proxy.example/path`,
    ].join('\n'),
  })
  const { code, output } = await runCommand(home, 'config', 'check')
  expect(code).toBe(1)
  expect(output.match(/expected the address of a proxy: http:\/\/HOST:PORT/g)).toHaveLength(4)
  for (const name of ['HTTPS_PROXY', 'http_proxy', 'ALL_PROXY', 'TELEGRAM_PROXY'])
    expect(output).toContain(name)
  expect(output).not.toContain(PASSWORD)
})
