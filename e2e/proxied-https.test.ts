import { createServer } from 'node:https'
import type { AddressInfo } from 'node:net'
import net from 'node:net'
import { join } from 'node:path'
import type { EmulatedUser } from '@pluggram/bot-api-emulator'
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest'
import { startAssistant } from './support/assistant.ts'
import type { RunningAssistant, Session } from './support/assistant.ts'
import { CERTIFICATE, CERTIFICATE_KEY } from './support/certificate.ts'
import { ask, botMessages, createPerson, startEmulator, TOKEN, write } from './support/emulator.ts'
import { createHome, removeHomes } from './support/home.ts'
import { png } from './support/png.ts'
import { startProgram, stopAllPrograms } from './support/program.ts'
import { startProxy } from './support/proxy.ts'
import type { RunningProxy } from './support/proxy.ts'

const PICTURE = 'https://93.184.215.14/cat.png'

/** What is on the internet: a model, a server with a tool, and a picture; all of them behind TLS. */
const internet = createServer({ cert: CERTIFICATE, key: CERTIFICATE_KEY }, async (request, response) => {
  let body = ''
  for await (const piece of request.setEncoding('utf8')) body += String(piece)
  const host = request.headers.host ?? ''
  if (host.startsWith('93.')) {
    if (request.url === '/cat.png')
      response.writeHead(200, { 'content-type': 'image/png' }).end(Buffer.from(png(32, 24)))
    else response.writeHead(404).end('nothing')
    return
  }
  if (request.method !== 'POST') {
    response.writeHead(host === 'mcp.test' ? 405 : 200, { 'content-type': 'application/json' })
    response.end('{"data":[{"id":"far"}]}')
    return
  }
  response.setHeader('content-type', host === 'mcp.test' ? 'application/json' : 'text/event-stream')
  response.end(host === 'mcp.test' ? answerTool(body) : answerModel(body))
  // a notification has no answer
  if (host === 'mcp.test' && !body.includes('"id"')) response.statusCode = 202
})

function answerTool(body: string): string {
  const { id, method } = JSON.parse(body) as { id?: number; method: string }
  const serverInfo = { name: 'far', version: '1.0.0' }
  const results: Readonly<Record<string, object>> = {
    initialize: { protocolVersion: '2025-06-18', capabilities: { tools: {} }, serverInfo },
    'tools/list': {
      tools: [{ name: 'tide', inputSchema: { type: 'object' }, annotations: { readOnlyHint: true } }],
    },
    'tools/call': { content: [{ type: 'text', text: 'high at noon' }] },
  }
  return id === undefined ? '' : JSON.stringify({ jsonrpc: '2.0', id, result: results[method] ?? {} })
}

/** Calls the tool it is asked about, tells its result, and shows the picture it is asked for. */
function answerModel(body: string): string {
  const { messages } = JSON.parse(body) as { messages: { role: string; content: unknown }[] }
  const { role, content } = messages.at(-1) ?? { role: '', content: '' }
  const said = JSON.stringify(content)
  const call = { index: 0, id: 'c1', type: 'function', function: { name: 'sea__tide', arguments: '{}' } }
  const delta = said.includes('When is')
    ? { tool_calls: [call] }
    : { content: role === 'tool' ? `It is ${said}` : said.includes('cat') ? CAT : 'Hello from afar' }
  const choices = [
    { index: 0, delta },
    { index: 0, delta: {}, finish_reason: 'tool_calls' in delta ? 'tool_calls' : 'stop' },
  ]
  return [...choices.map((choice) => JSON.stringify({ choices: [choice] })), '[DONE]']
    .map((line) => `data: ${line}\n\n`)
    .join('')
}
const CAT = `Here is ![a **grey** cat](${PICTURE}) and ![none](${PICTURE.replace('cat', 'dog')}), and that is all.`

let proxy: RunningProxy

beforeAll(async () => {
  await new Promise<void>((resolve) => internet.listen(0, '127.0.0.1', resolve))
  const { port } = internet.address() as AddressInfo
  const ports = { 'models.test:443': port, 'mcp.test:443': port, '93.184.215.14:443': port }
  proxy = await startProxy(undefined, ports)
})

afterEach(stopAllPrograms)

afterAll(async () => {
  await removeHomes()
  proxy.close()
  internet.close()
  internet.closeAllConnections()
})

interface Stage {
  readonly driver: Session
  readonly ann: EmulatedUser
  readonly assistant: RunningAssistant
}

/** An assistant whose only way to the internet is the proxy. */
async function startStage(mcp: object): Promise<Stage> {
  const { driver, url } = await startEmulator()
  const ann = await createPerson(driver, 'Ann')
  const home = await createHome({
    'ca.pem': CERTIFICATE,
    'config.json': {
      access: { mode: 'everyone', owners: [ann.id] },
      ai: { base_url: 'https://models.test/v1', model: 'openai-compatible:far' },
      mcp,
    },
  })
  const assistant = await startAssistant(home, {
    TELEGRAM_BOT_TOKEN: TOKEN,
    TELEGRAM_API_ROOT: url,
    HTTPS_PROXY: `http://${proxy.name}`,
    NODE_EXTRA_CA_CERTS: join(home, 'ca.pem'),
  })
  return { driver, ann, assistant }
}

test('a model and an MCP server answer by TLS through the proxy', async () => {
  const { driver, ann } = await startStage({ servers: { sea: { url: 'https://mcp.test/mcp' } } })
  expect(await ask(driver, ann, 'hello')).toEqual(['Hello from afar'])
  expect(await ask(driver, ann, 'When is high tide?')).toEqual([expect.stringContaining('high at noon')])
  expect(proxy.asked).toEqual(expect.arrayContaining(['models.test:443', 'mcp.test:443']))
})

test('a picture that the model shows is a photo when it can be fetched, else a link', async () => {
  const { driver, ann, assistant } = await startStage({})
  await write(driver, ann, 'Show me a cat')
  const shown = await botMessages(driver, ann.id, 2)
  const photo = shown.find(({ attachments }) => attachments.length > 0)
  expect(photo).toMatchObject({ text: 'a grey cat', attachments: [{ kind: 'photo' }] })
  const words = shown.find(({ attachments }) => attachments.length === 0)?.text
  expect(words).toContain('and that is all.')
  expect(words).toContain('93.184.215.14/dog.png')
  expect(proxy.asked).toContain('93.184.215.14:443')
  expect(assistant.output()).toContain('status 404')
})

test('a proxy that takes connections and never answers is named, for Telegram and for MCP servers', async () => {
  const silent = net.createServer((socket) => void socket.on('error', () => {}))
  await new Promise<void>((resolve) => silent.listen(0, '127.0.0.1', resolve))
  const name = `127.0.0.1:${(silent.address() as AddressInfo).port}`
  const home = await createHome({
    'config.json': { mcp: { servers: { sea: { url: 'http://mcp.test/mcp' } } } },
  })
  const program = startProgram('apps/assistant/src/main.ts', ['start'], {
    environment: {
      PLUGGRAM_HOME: home,
      PORT: '0',
      TELEGRAM_BOT_TOKEN: TOKEN,
      TELEGRAM_API_ROOT: 'http://telegram.test',
      HTTP_PROXY: `http://${name}`,
    },
  })
  const [, page = ''] = await program.waitFor(/(http:\/\/127\.0\.0\.1:\d+)\/login/)
  const words = `proxy ${name} did not answer within 10 s`
  await expect
    .poll(async () => (await fetch(`${page}/readyz`)).text(), { timeout: 60_000 })
    .toSatisfy((text: string) => text.split(words).length > 2)
  expect(program.output()).toContain(words)
  await program.stop()
  silent.close()
})
