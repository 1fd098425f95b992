import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { Client, StreamableHTTPClientTransport } from '@modelcontextprotocol/client'
import { StdioClientTransport } from '@modelcontextprotocol/client/stdio'
import { afterEach, expect, test } from 'vitest'
import { startAssistant } from './support/assistant.ts'
import { startEmulator, TOKEN as BOT_TOKEN } from './support/emulator.ts'
import { createHome, removeHomes } from './support/home.ts'
import { startObedientModel } from './support/obedient-model.ts'
import type { ObedientModel } from './support/obedient-model.ts'
import { ROOT, stopAllPrograms } from './support/program.ts'

const TOKEN = 'a-token-of-sixteen-and-more'
const clients: Client[] = []
let model: ObedientModel | undefined

afterEach(async () => {
  await Promise.all(clients.splice(0).map((client) => client.close()))
  await stopAllPrograms()
  await model?.close()
  model = undefined
  await removeHomes()
})

const LAMP = `
import { definePlugin, z } from '@pluggram/sdk'
console.log('a line on standard output')
export default definePlugin({
  tools: {
    add: {
      description: 'Adds two numbers',
      schema: z.object({ a: z.number(), b: z.number() }),
      role: 'owner',
      effect: 'none',
      execute: ({ a, b }) => ({ sum: a + b }),
    },
    on: { description: 'Switches the lamp on', effect: 'external', execute: () => 'it is on' },
    reply: {
      description: 'Writes to the chat',
      effect: 'none',
      execute: (_args, { reply }) => reply('hello'),
    },
  },
})
`
const FILES = {
  'plugins/lamp.ts': LAMP,
  'plugins_config.json': { enabled_plugins: { lamp: true, dice: true } },
}

async function connect(transport: StdioClientTransport | StreamableHTTPClientTransport): Promise<Client> {
  const client = new Client({ name: 'test', version: '1.0.0' })
  clients.push(client)
  await client.connect(transport)
  return client
}

function overStdio(home: string, environment: Record<string, string> = {}): StdioClientTransport {
  return new StdioClientTransport({
    command: process.execPath,
    args: ['apps/assistant/src/main.ts', 'mcp'],
    cwd: ROOT,
    env: {
      PATH: process.env['PATH'] ?? '',
      HOME: process.env['HOME'] ?? '',
      PLUGGRAM_HOME: home,
      ...environment,
    },
    stderr: 'ignore',
  })
}

function overHttp(url: string, token: string): StreamableHTTPClientTransport {
  return new StreamableHTTPClientTransport(new URL(`${url}/mcp`), {
    requestInit: { headers: { authorization: `Bearer ${token}` } },
  })
}

async function expectTools(client: Client): Promise<void> {
  const { tools } = await client.listTools()
  expect(tools.map(({ name }) => name).toSorted()).toEqual([
    'ai_chatbot__remember',
    'ai_chatbot__show_usage',
    'dice__roll',
    'lamp__add',
    'lamp__on',
    'lamp__reply',
  ])
  expect(tools.find(({ name }) => name === 'lamp__add')).toMatchObject({
    description: 'Adds two numbers',
    inputSchema: { type: 'object', required: ['a', 'b'] },
    annotations: { readOnlyHint: true },
  })
  expect(await client.callTool({ name: 'lamp__add', arguments: { a: 40, b: 2 } })).toMatchObject({
    content: [{ type: 'text', text: '{"sum":42}' }],
  })
  expect(await client.callTool({ name: 'dice__roll', arguments: { dice: '1d2+10' } })).toMatchObject({
    content: [{ type: 'text', text: expect.stringContaining('1d2+10') }],
  })
  expect(await client.callTool({ name: 'lamp__add', arguments: { a: 'x' } })).toMatchObject({
    isError: true,
    content: [{ text: expect.stringContaining('do not fit') }],
  })
  expect(await client.callTool({ name: 'lamp__on', arguments: {} })).toMatchObject({
    isError: true,
    content: [{ text: expect.stringContaining('"granted": ["lamp.on"]') }],
  })
  expect(await client.callTool({ name: 'lamp__reply', arguments: {} })).toMatchObject({ isError: true })
}

test('the official client calls the tools of plugins through "pluggram mcp" while no assistant runs', async () => {
  const client = await connect(overStdio(await createHome(FILES)))
  expect(client.getServerVersion()).toMatchObject({ name: 'pluggram' })
  await expectTools(client)
})

test('it calls the tools of the running assistant over HTTP and through "pluggram mcp"', async () => {
  const home = await createHome(FILES)
  const assistant = await startAssistant(home, { MCP_TOKEN: TOKEN })
  await expectTools(await connect(overHttp(assistant.url, TOKEN)))
  await expectTools(await connect(overStdio(home)))

  // the owner grants it during these calls
  await writeFile(join(home, 'config.json'), JSON.stringify({ ai: { tools: { granted: ['lamp.on'] } } }))
  const client = await connect(overHttp(assistant.url, TOKEN))
  await expect
    .poll(async () => (await client.callTool({ name: 'lamp__on', arguments: {} })).content)
    .toEqual([{ type: 'text', text: 'it is on' }])
  expect(assistant.output()).not.toContain(TOKEN)
})

const POET = `
import { definePlugin, z } from '@pluggram/sdk'
export default definePlugin({
  permissions: { ai: true },
  tools: {
    rhyme: {
      description: 'Rhymes',
      effect: 'none',
      schema: z.object({}),
      execute: async (_args, context) =>
        (await context.services.ai.generateText({ for: context, messages: [{ role: 'user', content: 'Rhyme' }] })).text,
    },
  },
})
`

test('the owner’s programs may use the model that costs money before anybody owns the bot', async () => {
  model = await startObedientModel(() => ({ text: 'Moon, June.' }))
  const emulator = await startEmulator()
  const environment = {
    TELEGRAM_BOT_TOKEN: BOT_TOKEN,
    TELEGRAM_API_ROOT: emulator.url,
    OPENAI_BASE_URL: model.url,
  }
  const home = await createHome({
    'plugins/poet.ts': POET,
    'plugins_config.json': { enabled_plugins: { poet: true }, grants: { poet: { ai: true } } },
    // a server on this machine costs nothing unless the owner says so
    'prices.json': { models: { 'openai-compatible:*': { input: 1, output: 1 } } },
  })
  const rhyme = async (): Promise<unknown> => {
    const client = await connect(overStdio(home, environment))
    const { content } = await client.callTool({ name: 'poet__rhyme', arguments: {} })
    await client.close()
    return content
  }
  expect(await rhyme()).toEqual([{ type: 'text', text: 'Moon, June.' }])
  const assistant = await startAssistant(home, environment)
  await assistant.waitFor(/\/pair /)
  expect(await rhyme()).toEqual([{ type: 'text', text: 'Moon, June.' }])
})

const LEAK = `
import { definePlugin, z } from '@pluggram/sdk'
export default definePlugin({
  config: z.object({ api_key: z.string() }),
  tools: {
    leak: { description: 'Says it', effect: 'none', execute: (_args, { config }) => ({ key: config.api_key }) },
    fail: {
      description: 'Fails with it',
      effect: 'none',
      execute: (_args, { config }) => { throw new Error('refused: ' + config.api_key) },
    },
  },
})
`

test('without the token nobody gets in; one in .env counts at once, and an old one no longer; no secret leaves in results or errors', async () => {
  const key = 'canary-7f3a9b2c1d'
  const home = await createHome({
    'plugins/leaky.ts': LEAK,
    'plugins_config.json': { enabled_plugins: { leaky: true } },
    'config.json': { plugins: { leaky: { api_key: key } } },
  })
  const assistant = await startAssistant(home)
  const body = JSON.stringify({ jsonrpc: '2.0', id: 1, method: 'tools/list' })
  const status = async (authorization: string): Promise<number> => {
    const response = await fetch(`${assistant.url}/mcp`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', ...(authorization !== '' && { authorization }) },
      body,
    })
    await response.body?.cancel()
    return response.status
  }
  for (const authorization of ['', 'Bearer ', 'Bearer undefined', `Bearer ${TOKEN}`]) {
    expect(await status(authorization)).toBe(401)
  }
  await expect(connect(overHttp(assistant.url, TOKEN))).rejects.toBeInstanceOf(Error)

  await writeFile(join(home, '.env'), `MCP_TOKEN=${TOKEN}`)
  await expect.poll(() => status(`Bearer ${TOKEN}`)).not.toBe(401)
  for (const authorization of ['', 'Bearer ', 'Bearer undefined']) {
    expect(await status(authorization)).toBe(401)
  }
  const client = await connect(overHttp(assistant.url, TOKEN))
  const leaked = await client.callTool({ name: 'leaky__leak', arguments: {} })
  const failed = await client.callTool({ name: 'leaky__fail', arguments: {} })
  expect(JSON.stringify(leaked)).toContain('key')
  expect([leaked.isError ?? false, failed.isError]).toEqual([false, true])
  expect(JSON.stringify([leaked, failed])).not.toContain(key)

  const another = 'another-token-of-sixteen'
  await writeFile(join(home, '.env'), `MCP_TOKEN=${another}`)
  await expect.poll(() => status(`Bearer ${another}`)).not.toBe(401)
  expect(await status(`Bearer ${TOKEN}`)).toBe(401)
})

test('whatever is sent to /mcp, with the token or without, the assistant goes on', async () => {
  const assistant = await startAssistant(await createHome(FILES), { MCP_TOKEN: TOKEN })
  const send = (body: string, token = TOKEN, type = 'application/json'): Promise<Response> =>
    fetch(`${assistant.url}/mcp`, {
      method: 'POST',
      headers: {
        authorization: `Bearer ${token}`,
        'content-type': type,
        accept: 'application/json, text/event-stream',
      },
      body,
    })
  const call = (params: unknown): string =>
    JSON.stringify({ jsonrpc: '2.0', id: 1, method: 'tools/call', params })
  const hostile = [
    '',
    'null',
    '[]',
    '42',
    '{',
    '{"jsonrpc":"2.0"}',
    '{"__proto__":{"isAdmin":true},"jsonrpc":"2.0","id":1,"method":"tools/list"}',
    '{"constructor":{"prototype":{"x":1}},"jsonrpc":"2.0","id":1,"method":"tools/list"}',
    '['.repeat(100_000),
    `{"jsonrpc":"2.0","id":1,"method":"${'x'.repeat(1_000_000)}"}`,
    JSON.stringify(Array.from({ length: 10_000 }, () => ({ jsonrpc: '2.0', id: 1, method: 'tools/list' }))),
    call({ name: '__proto__', arguments: {} }),
    call({ name: 'lamp__add', arguments: '{"a":1}' }),
    call({ name: 'lamp__add', arguments: { a: { toString: 1 }, b: [] } }),
    call({ name: 'lamp__secret', arguments: { a: 1 } }),
    `{"jsonrpc":"2.0","id":1,"method":"tools/call","params":{"name":"lamp__add","arguments":${'{"a":'.repeat(5_000)}1${'}'.repeat(5_000)}}}`,
  ]
  for (const body of hostile) {
    for (const type of ['application/json', 'text/plain']) {
      const response = await send(body, TOKEN, type)
      const text = await response.text()
      expect(`${body.slice(0, 60)}: ${response.status}`).toMatch(/: (?:200|202|4\d\d)$/)
      expect(text).not.toMatch(/node_modules|\bat .*\.ts:\d/)
      expect(text).not.toContain(TOKEN)
    }
  }
  // the server closes the connection before it has read a long body to its end
  for (const body of hostile.filter(({ length }) => length < 10_000)) {
    expect((await send(body, `${TOKEN}x`)).status).toBe(401)
  }
  const tooLong = await send(' '.repeat(5 * 1_048_576)).then(
    ({ status }) => status,
    () => 'broken off',
  )
  expect([413, 'broken off']).toContain(tooLong)
  await expectTools(await connect(overHttp(assistant.url, TOKEN)))
})
