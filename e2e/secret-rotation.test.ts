import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { text as textOf } from 'node:stream/consumers'
import { rename, rm, symlink, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { EmulatedUser } from '@pluggram/bot-api-emulator'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { startAssistant } from './support/assistant.ts'
import type { RunningAssistant } from './support/assistant.ts'
import { ask, botMessages, createPerson, startEmulator, TOKEN, write } from './support/emulator.ts'
import type { RunningEmulator } from './support/emulator.ts'
import { findFreePort } from './support/free-port.ts'
import { createHome, removeHomes } from './support/home.ts'
import { startObedientModel } from './support/obedient-model.ts'
import type { ObedientModel } from './support/obedient-model.ts'
import { stopAllPrograms } from './support/program.ts'

const old = (name: string): string => `0ld-${name}-value-7Kq2`
const fresh = (name: string): string => `fr3sh-${name}-value-9Xm4`

/** As @BotFather replaces a token: the bot's id stays. */
const NEXT_TOKEN = TOKEN.replace('emulated', 'replaced')
const OTHER_BOT = TOKEN.replace('700000001', '700000002')

/** Says its key, puts it into the log, and reports faults. */
const KEEPER = `
import { definePlugin, z } from '@pluggram/sdk'
export default definePlugin({
  config: z.object({ api_key: z.string() }),
  setup: ({ config, services }) => ({
    processMessage(message) {
      if (message.startsWith('fail')) {
        services.captureException(new Error(message))
        return { success: true, response: 'noted' }
      }
      if (message !== 'key?') return undefined
      services.logger.info('keys: ' + config.api_key + ' ${old('keeper')}')
      return { success: true, response: 'ends with ' + config.api_key.slice(-4) + ', ' + config.api_key }
    },
  }),
})`

let emulator: RunningEmulator
let assistant: RunningAssistant
let model: ObedientModel
let home: string
let sentry: Awaited<ReturnType<typeof startSentry>>
let ada: EmulatedUser

/** The key in a DSN has no hyphens. */
const keyOf = (make: (name: string) => string): string => make('sentry').replaceAll('-', '')

const env = (make: (name: string) => string, token = TOKEN): string =>
  [
    `TELEGRAM_BOT_TOKEN=${token}`,
    `TELEGRAM_WEBHOOK_SECRET=${make('webhook')}`,
    `PLUGGRAM_METRICS_TOKEN=${make('metrics')}`,
    `MCP_TOKEN=${make('mcp')}`,
    `KEEPER_API_KEY=${make('keeper')}`,
    `SENTRY_DSN=http://${keyOf(make)}@127.0.0.1:${sentry.port}/1`,
    '',
  ].join('\n')

beforeAll(async () => {
  sentry = await startSentry()
  emulator = await startEmulator()
  ada = await createPerson(emulator.driver)
  model = await startObedientModel(() => ({ text: 'heard' }))
  const port = String(await findFreePort())
  home = await createHome({
    'plugins/keeper.ts': KEEPER,
    '.env': env(old),
    // as Kubernetes mounts secrets: the file is a link into a folder that is swapped
    'mount/1/model': `${old('model')}\n`,
    'mount/2/model': `${fresh('model')}\n`,
    'plugins_config.json': { enabled_plugins: { keeper: true, ai_chatbot: true } },
    'config.json': { access: { mode: 'everyone', owners: [ada.id] } },
  })
  await symlink('1', join(home, 'mount/data'))
  await symlink('data/model', join(home, 'mount/model'))
  assistant = await startAssistant(home, {
    PORT: port,
    TELEGRAM_API_ROOT: emulator.url,
    TELEGRAM_WEBHOOK_URL: `http://127.0.0.1:${port}/telegram/webhook`,
    OPENAI_BASE_URL: model.url,
    OPENAI_API_KEY_FILE: 'mount/model',
  })
})

afterAll(async () => {
  await stopAllPrograms()
  await removeHomes()
  await model.close()
  await sentry.close()
})

/** Keeps what reports say, and for whom. */
async function startSentry() {
  const reports: string[] = []
  const server = createServer(async (request, response) => {
    reports.push(`${request.url} ${String(request.headers['x-sentry-auth'])} ${await textOf(request)}`)
    response.end('{}')
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  return {
    reports,
    port: (server.address() as AddressInfo).port,
    async close() {
      server.closeAllConnections()
      await new Promise((resolve) => server.close(resolve))
    },
  }
}

/** As editors save. */
async function save(folder: string, text: string): Promise<void> {
  await writeFile(join(folder, '.env.new'), text)
  await rename(join(folder, '.env.new'), join(folder, '.env'))
}

async function webhooksSet({ driver }: RunningEmulator): Promise<number> {
  const { calls } = await driver.get<{ calls: { method: string }[] }>('/calls')
  return calls.filter(({ method }) => method === 'setWebhook').length
}

/** From elsewhere, as a proxy hands it on. */
async function metrics(token: string): Promise<number> {
  const headers = { authorization: `Bearer ${token}`, 'x-forwarded-for': '203.0.113.9' }
  return (await fetch(`${assistant.url}/metrics`, { headers })).status
}

async function mcp(token: string): Promise<number> {
  const headers = {
    authorization: `Bearer ${token}`,
    'content-type': 'application/json',
    accept: 'application/json, text/event-stream',
  }
  const body = JSON.stringify({ jsonrpc: '2.0', id: 1, method: 'tools/list', params: {} })
  return (await fetch(`${assistant.url}/mcp`, { method: 'POST', headers, body })).status
}

async function webhook(secret: string): Promise<number> {
  const headers = { 'x-telegram-bot-api-secret-token': secret, 'content-type': 'application/json' }
  return (await fetch(`${assistant.url}/telegram/webhook`, { method: 'POST', headers, body: '{}' })).status
}

describe('secrets that change while the assistant runs', () => {
  test('in .env: tokens, the secret of the webhook and the configuration of plugins', async () => {
    expect(await ask(emulator.driver, ada, 'key?')).toEqual(['ends with 7Kq2, [secret]'])
    expect([await metrics(old('metrics')), await mcp(old('mcp'))]).toEqual([200, 200])
    expect([await metrics(fresh('metrics')), await mcp(fresh('mcp'))]).toEqual([401, 401])
    const refused = await webhook(fresh('webhook'))

    const report = (words: string): string => sentry.reports.filter((one) => one.includes(words)).join()
    await ask(emulator.driver, ada, 'fail under the old DSN')
    await expect.poll(() => report('under the old')).toContain(keyOf(old))

    await save(home, env(fresh))
    await assistant.waitFor(/the webhook has another secret/)
    await expect.poll(() => metrics(fresh('metrics'))).toBe(200)
    await expect.poll(() => mcp(fresh('mcp'))).toBe(200)
    expect([await metrics(old('metrics')), await mcp(old('mcp'))]).toEqual([401, 401])
    expect(await webhook(fresh('webhook'))).not.toBe(refused)
    expect(await webhook('neither-old-nor-new')).toBe(refused)

    await assistant.waitFor(/errors go to another Sentry project/)
    await ask(emulator.driver, ada, 'fail under the new DSN')
    await expect.poll(() => report('under the new')).toContain(keyOf(fresh))
    expect(report('under the new')).not.toContain(keyOf(old))

    // the answers come through the webhook, with the new secret
    await expect.poll(() => ask(emulator.driver, ada, 'key?')).toEqual(['ends with 9Xm4, [secret]'])
  })

  test("in .env: the bot's token, and what came and went meanwhile is answered once", async () => {
    const before = await botMessages(emulator.driver, ada.id, 0)
    await emulator.driver.post('/control/replace-token', { token: NEXT_TOKEN })
    await write(emulator.driver, ada, 'key?')
    await assistant.waitFor(/does not know this bot token any more; messages wait on disk/)
    await write(emulator.driver, ada, 'key?')
    const webhooks = await webhooksSet(emulator)

    await save(home, env(fresh, NEXT_TOKEN))
    await assistant.waitFor(/the bot has another token/)
    await botMessages(emulator.driver, ada.id, before.length + 2)
    expect(await ask(emulator.driver, ada, 'key?')).toEqual(['ends with 9Xm4, [secret]'])
    const all = await botMessages(emulator.driver, ada.id, before.length + 3)
    expect(all.slice(before.length).map(({ text }) => text)).toEqual(
      Array<string>(3).fill('ends with 9Xm4, [secret]'),
    )
    await expect.poll(() => webhooksSet(emulator)).toBe(webhooks + 1)

    // the messages and chats of this home belong to the bot it began with
    await save(home, env(fresh, OTHER_BOT))
    await assistant.waitFor(
      /telegram\.bot_token in \.env belongs to another bot, which has other chats and messages; it takes effect when the assistant is started again/,
    )
    expect(await ask(emulator.driver, ada, 'key?')).toEqual(['ends with 9Xm4, [secret]'])
    await save(home, env(fresh, NEXT_TOKEN))
  })

  test('in .env: the token of a bot that polls', async () => {
    const polled = await startEmulator()
    const bob = await createPerson(polled.driver, 'Bob')
    const own = await createHome({
      'plugins/keeper.ts': KEEPER,
      '.env': env(fresh),
      'plugins_config.json': { enabled_plugins: { keeper: true } },
      'config.json': { access: { mode: 'everyone' } },
    })
    const polling = await startAssistant(own, { TELEGRAM_API_ROOT: polled.url })
    const answer = 'ends with 9Xm4, [secret]'
    expect(await ask(polled.driver, bob, 'key?')).toEqual([answer])
    await polled.driver.post('/control/replace-token', { token: NEXT_TOKEN })
    await polling.waitFor(/Telegram does not know this bot token; check TELEGRAM_BOT_TOKEN/)
    for (const text of ['key?', 'key?', 'key?']) await write(polled.driver, bob, text)

    await save(own, env(fresh, NEXT_TOKEN))
    await polling.waitFor(/receiving updates from Telegram again/)
    await botMessages(polled.driver, bob.id, 4)
    expect(await ask(polled.driver, bob, 'key?')).toEqual([answer])
    const all = await botMessages(polled.driver, bob.id, 5)
    expect(all.map(({ text }) => text)).toEqual(Array<string>(5).fill(answer))
    for (const token of [TOKEN, NEXT_TOKEN]) expect(polling.output()).not.toContain(token)
    await polling.stop()
    await polled.program.stop()
  })

  test('in a file that is swapped: the key of a model', async () => {
    expect(await ask(emulator.driver, ada, 'hello')).toEqual(['heard'])
    expect(model.headers.at(-1)?.authorization).toBe(`Bearer ${old('model')}`)
    await symlink('2', join(home, 'mount/next'))
    await rename(join(home, 'mount/next'), join(home, 'mount/data'))
    await expect
      .poll(async () => {
        await ask(emulator.driver, ada, 'hello again')
        return model.headers.at(-1)?.authorization
      })
      .toBe(`Bearer ${fresh('model')}`)
  })

  test('and what cannot be used changes nothing', async () => {
    await rm(join(home, 'mount/data'))
    await assistant.waitFor(/OPENAI_API_KEY_FILE: expected a file with the value of OPENAI_API_KEY/)
    await ask(emulator.driver, ada, 'still there?')
    expect(model.headers.at(-1)?.authorization).toBe(`Bearer ${fresh('model')}`)
  })

  test('are hidden, the old ones and the new ones', () => {
    for (const name of ['keeper', 'model', 'metrics', 'mcp', 'webhook']) {
      expect(assistant.output()).not.toContain(old(name))
      expect(assistant.output()).not.toContain(fresh(name))
    }
    for (const value of [TOKEN, NEXT_TOKEN, OTHER_BOT, keyOf(old), keyOf(fresh)])
      expect(assistant.output()).not.toContain(value)
    expect(assistant.output()).toContain('keys: [secret] [secret]')
  })
})
