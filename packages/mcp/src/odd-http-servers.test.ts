import { randomUUID } from 'node:crypto'
import { once } from 'node:events'
import { mkdtemp, rm } from 'node:fs/promises'
import { createServer } from 'node:http'
import type { Server, ServerResponse } from 'node:http'
import os from 'node:os'
import path from 'node:path'
import { PictureResult } from '@pluggram/ai/tools'
import { createTestContext } from '@pluggram/testing'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { createMcpServers } from './mcp-servers.ts'
import type { McpServers } from './mcp-servers.ts'

const PIXEL =
  'iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg=='
const TOOLS = [
  { name: 'work', inputSchema: { type: 'object' }, annotations: { readOnlyHint: true } },
  { name: 'either', inputSchema: { anyOf: [{ type: 'object', properties: { id: { type: 'string' } } }] } },
  { name: 'bare', outputSchema: { $id: 'a' } },
  { name: 'listy', inputSchema: { type: 'array' } },
  { inputSchema: { type: 'object' } },
]

type Refuse = (response: ServerResponse, id: unknown) => void

let home: string
let server: Server
let url: string
let refuse: Refuse
let calls: string[]
/** The sessions the server knows. */
const sessions = new Set<string>()
let servers: McpServers | undefined
let lines: string[]

beforeEach(async () => {
  home = await mkdtemp(path.join(os.tmpdir(), 'pluggram-mcp-'))
  ;[calls, lines] = [[], []]
  server = createServer(async (request, response) => {
    let body = ''
    for await (const piece of request.setEncoding('utf8')) body += String(piece)
    if (request.method !== 'POST') return void response.writeHead(405).end()
    const message = JSON.parse(body) as { id?: number; method: string; params?: { name?: string } }
    const session = String(request.headers['mcp-session-id'] ?? '')
    const send = (result: object): void => {
      response.setHeader('content-type', 'application/json')
      response.end(JSON.stringify({ jsonrpc: '2.0', id: message.id, result }))
    }
    if (message.method === 'initialize') {
      const id = randomUUID()
      sessions.add(id)
      response.setHeader('mcp-session-id', id)
      const serverInfo = { name: 'odd', version: '1.0.0' }
      return send({ protocolVersion: '2025-06-18', capabilities: { tools: {} }, serverInfo })
    }
    if (!sessions.has(session)) return refuse(response, message.id)
    if (message.id === undefined) return void response.writeHead(202).end()
    if (message.method === 'tools/list') return send({ tools: TOOLS })
    calls.push(message.params?.name ?? message.method)
    const image = { type: 'image', mimeType: 'image/png', data: PIXEL }
    return send({
      content: [{ type: 'text', text: 'done' }, ...(message.params?.name === 'bare' ? [image] : [])],
    })
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  const address = server.address()
  url = `http://127.0.0.1:${typeof address === 'object' ? address?.port : 0}/mcp`
})

afterEach(async () => {
  await servers?.stop()
  server.closeAllConnections()
  server.close()
  await rm(home, { recursive: true, force: true })
})

async function mount(): Promise<McpServers> {
  const note = (message: string): void => void lines.push(message)
  servers = createMcpServers({
    home,
    dataFolder: path.join(home, 'data'),
    logger: { debug: note, info: note, warn: note, error: note },
  })
  await servers.apply({ odd: { url, headers: {} } }, new Set())
  return servers
}

function call(mounted: McpServers, tool: string): Promise<unknown> {
  const [plugin] = mounted.registry.plugins()
  if (!plugin) throw new Error('The server is not there.')
  const context = createTestContext()
  return plugin.ask('tool', { name: tool, input: {}, context }, context.signal)
}

const json =
  (status: number, body: (id: unknown) => object): Refuse =>
  (response, id) => {
    response.writeHead(status, { 'content-type': 'application/json' })
    response.end(JSON.stringify(body(id)))
  }
const rpc = (status: number, code: number, message: string, withId = false): Refuse =>
  json(status, (id) => ({ jsonrpc: '2.0', id: withId ? id : null, error: { code, message } }))

test.each<[string, Refuse]>([
  ['404, as the protocol says', rpc(404, -32_001, 'Session not found')],
  ['404 without words', (response) => response.writeHead(404).end()],
  ['400', rpc(400, -32_000, 'Bad Request: No valid session ID provided')],
  ['400, not initialized', rpc(400, -32_000, 'Bad Request: Server not initialized')],
  ['401', (response) => response.writeHead(401).end('Unauthorized: Session not found')],
  ['503', rpc(503, -32_000, 'Unknown session')],
  ['an error with status 200', rpc(200, -32_600, 'Session not found', true)],
])(
  'a server that forgot the session and says so with %s is connected again by the call',
  async (_what, how) => {
    refuse = how
    const mounted = await mount()
    expect(await call(mounted, 'work')).toBe('done')
    sessions.clear()
    expect(await call(mounted, 'work')).toBe('done')
    expect(calls).toEqual(['work', 'work'])
    expect(mounted.states()).toEqual([{ name: 'odd', state: 'running' }])
  },
)

test('a server that is gone is named, and connected again when it is back', async () => {
  const mounted = await mount()
  const { port } = new URL(url)
  server.closeAllConnections()
  server.close()
  await once(server, 'close')
  await expect(call(mounted, 'work')).rejects.toMatchObject({ code: 'network-failed' })
  await expect.poll(() => mounted.states()[0]?.state).toBe('restarting')
  expect(mounted.states()[0]?.problem).toContain('does not answer')
  server.listen(Number(port), '127.0.0.1')
  await once(server, 'listening')
  expect(await call(mounted, 'work')).toBe('done')
})

test('an odd tool is left out and named; the others stay', async () => {
  const mounted = await mount()
  expect(mounted.registry.plugins()[0]?.descriptor.tools.map(({ name }) => name)).toEqual([
    'work',
    'either',
    'bare',
  ])
  expect(lines.filter((line) => line.includes('left out'))).toEqual([
    'MCP server odd: the tool number 4 (listy) takes no object; it is left out',
    'MCP server odd: the tool number 5 has no name; it is left out',
  ])
})

test('a picture of a result stands beside its text', async () => {
  const result = await call(await mount(), 'bare')
  expect(result).toBeInstanceOf(PictureResult)
  expect(result).toMatchObject({
    text: 'done\n[picture 1, shown to the user]',
    pictures: [{ mediaType: 'image/png', data: new Uint8Array(Buffer.from(PIXEL, 'base64')) }],
  })
})
