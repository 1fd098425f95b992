import { rename, rm, symlink, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { EmulatedUser } from '@pluggram/bot-api-emulator'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { startAssistant } from './support/assistant.ts'
import type { RunningAssistant } from './support/assistant.ts'
import { ask, createPerson, startEmulator, TOKEN } from './support/emulator.ts'
import type { RunningEmulator } from './support/emulator.ts'
import { findFreePort } from './support/free-port.ts'
import { createHome, removeHomes } from './support/home.ts'
import { startObedientModel } from './support/obedient-model.ts'
import type { ObedientModel } from './support/obedient-model.ts'
import { stopAllPrograms } from './support/program.ts'

const old = (name: string): string => `0ld-${name}-value-7Kq2`
const fresh = (name: string): string => `fr3sh-${name}-value-9Xm4`

/** Says its key, and throws it into the log. */
const KEEPER = `
import { definePlugin, z } from '@pluggram/sdk'
export default definePlugin({
  config: z.object({ api_key: z.string() }),
  setup: ({ config, services }) => ({
    processMessage(message) {
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
let ada: EmulatedUser

const env = (make: (name: string) => string, token = TOKEN): string =>
  [
    `TELEGRAM_BOT_TOKEN=${token}`,
    `TELEGRAM_WEBHOOK_SECRET=${make('webhook')}`,
    `PLUGGRAM_METRICS_TOKEN=${make('metrics')}`,
    `MCP_TOKEN=${make('mcp')}`,
    `KEEPER_API_KEY=${make('keeper')}`,
    '',
  ].join('\n')

beforeAll(async () => {
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
})

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

    const token = TOKEN.replace('emulated', 'replaced')
    await writeFile(join(home, '.env.new'), env(fresh, token))
    await rename(join(home, '.env.new'), join(home, '.env'))
    await assistant.waitFor(/the webhook has another secret/)
    await expect.poll(() => metrics(fresh('metrics'))).toBe(200)
    await expect.poll(() => mcp(fresh('mcp'))).toBe(200)
    expect([await metrics(old('metrics')), await mcp(old('mcp'))]).toEqual([401, 401])
    expect(await webhook(fresh('webhook'))).not.toBe(refused)
    expect(await webhook('neither-old-nor-new')).toBe(refused)

    // the answers come through the webhook, with the new secret
    await expect.poll(() => ask(emulator.driver, ada, 'key?')).toEqual(['ends with 9Xm4, [secret]'])
    await assistant.waitFor(
      /telegram\.bot_token in \.env was changed; it takes effect when the assistant is started again/,
    )
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
    expect(assistant.output()).toContain('keys: [secret] [secret]')
  })
})
