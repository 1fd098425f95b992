import { randomUUID } from 'node:crypto'
import { once } from 'node:events'
import { createServer } from 'node:http'
import type { Server } from 'node:http'
import { afterEach, expect, test } from 'vitest'
import { logIn, startAssistant } from './support/assistant.ts'
import { botMessages, createPerson, write } from './support/emulator.ts'
import { createHome, removeHomes } from './support/home.ts'
import { startObedientModel, toolResults } from './support/obedient-model.ts'
import { stopAllPrograms } from './support/program.ts'

const PIXEL =
  'iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg=='
const TOOLS = [
  {
    name: 'shot',
    description: 'Takes a picture',
    inputSchema: { anyOf: [{ type: 'object', properties: { url: { type: 'string' } }, required: ['url'] }] },
    annotations: { readOnlyHint: true },
  },
  { name: 'listy', description: 'Takes a list', inputSchema: { type: 'array' } },
]

const servers: Server[] = []

afterEach(async () => {
  await stopAllPrograms()
  for (const server of servers.splice(0)) {
    server.closeAllConnections()
    server.close()
    await once(server, 'close')
  }
  await removeHomes()
})

/** An MCP server that forgets its sessions when told to. */
async function startMcp(): Promise<{ url: string; forget(): void }> {
  const sessions = new Set<string>()
  const server = createServer(async (request, response) => {
    let body = ''
    for await (const piece of request.setEncoding('utf8')) body += String(piece)
    if (request.method !== 'POST') return void response.writeHead(405).end()
    const { id, method } = JSON.parse(body) as { id?: number; method: string }
    const send = (result: object): void => {
      response.setHeader('content-type', 'application/json')
      response.end(JSON.stringify({ jsonrpc: '2.0', id, result }))
    }
    if (method === 'initialize') {
      const session = randomUUID()
      sessions.add(session)
      response.setHeader('mcp-session-id', session)
      const serverInfo = { name: 'browser', version: '1.0.0' }
      return send({ protocolVersion: '2025-06-18', capabilities: { tools: {} }, serverInfo })
    }
    if (!sessions.has(String(request.headers['mcp-session-id']))) {
      return void response.writeHead(404).end('Session not found')
    }
    if (id === undefined) return void response.writeHead(202).end()
    if (method === 'tools/list') return send({ tools: TOOLS })
    return send({
      content: [
        { type: 'text', text: 'a page' },
        { type: 'image', mimeType: 'image/png', data: PIXEL },
      ],
    })
  })
  servers.push(server)
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  const address = server.address()
  if (typeof address !== 'object' || address === null) throw new Error('no port')
  return { url: `http://127.0.0.1:${address.port}/mcp`, forget: () => sessions.clear() }
}

test('an odd tool takes no other with it, a forgotten session is opened again, and pictures reach chat and model', async () => {
  const mcp = await startMcp()
  const model = await startObedientModel(({ messages }) =>
    messages.at(-1)?.role === 'user' && JSON.stringify(messages.at(-1)).includes('image_url')
      ? { text: 'I see a pixel.' }
      : { calls: [{ name: 'browser__shot', args: { url: 'here' } }] },
  )
  const home = await createHome({
    'config.json': {
      ai: { providers: { own: { base_url: model.url, takes: ['images'] } }, model: 'own:m' },
      mcp: { servers: { browser: { url: mcp.url, role: 'everyone' } } },
    },
  })
  const assistant = await startAssistant(home)
  const session = await logIn(assistant)
  const ada = await createPerson(session)
  for (const count of [2, 4]) {
    await write(session, ada, 'show me')
    const messages = await botMessages(session, ada.id, count)
    const [picture, answer] = messages.slice(-2)
    expect(picture?.attachments.map(({ kind }) => kind)).toEqual(['photo'])
    expect(answer?.text).toBe('I see a pixel.')
    // the next message meets a server that does not know the session
    mcp.forget()
  }
  const offered = model.requests[0]?.tools?.map((tool) => tool.function) ?? []
  const shot = offered.find(({ name }) => name === 'browser__shot')
  expect(shot).toMatchObject({ parameters: { type: 'object', properties: { url: { type: 'string' } } } })
  expect(offered.map(({ name }) => name)).not.toContain('browser__listy')
  expect(assistant.output()).toMatch(/MCP server browser: the tool number 2 \(listy\)/)
  const last = model.requests.at(-1)
  const results = last && toolResults({ messages: last.messages.slice(0, -1) })
  expect(results?.join('')).toContain('a page')
  expect(await (await fetch(`${assistant.url}/readyz`)).text()).toContain('"browser":{"state":"running"')
  await model.close()
})
