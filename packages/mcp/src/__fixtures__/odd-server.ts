/**
 * A server that implements the protocol by hand, so that it can misbehave as no library would: see
 * `MODE`. It takes descriptions from the environment and reports how it was started.
 */
import { spawn } from 'node:child_process'
import { createInterface } from 'node:readline'

const { MODE = '', DESCRIPTION = 'Does something', EXTRA } = process.env

interface Message {
  readonly id?: number
  readonly method: string
  readonly params?: { readonly name?: string; readonly arguments?: Record<string, unknown> }
}

const tools = [
  {
    name: 'work',
    description: DESCRIPTION,
    inputSchema: {
      type: 'object',
      properties: { what: { type: 'string', description: 'what\u200B to do' } },
    },
    annotations: { readOnlyHint: true },
  },
  { name: 'change', inputSchema: { type: 'object' } },
  { name: 'bad name!', inputSchema: { type: 'object' } },
  ...(EXTRA === undefined ? [] : [{ name: EXTRA, inputSchema: { type: 'object' } }]),
]

if (MODE === 'deaf') setInterval(() => {}, 1_000)
if (MODE === 'family') {
  // a child process that would keep running if only its parent were killed
  const child = spawn(process.execPath, ['-e', 'setInterval(() => {}, 1_000)'], { stdio: 'ignore' })
  tools[0] = { ...tools[0], description: `child ${child.pid}` } as never
  setInterval(() => {}, 1_000)
  process.on('SIGTERM', () => {})
}
process.stdout.write('Welcome to the odd server!\n')
process.stderr.write('and this is its log\n')

if (MODE !== 'deaf') {
  createInterface({ input: process.stdin }).on('line', (line) => answer(JSON.parse(line) as Message))
}

function answer({ id, method, params }: Message): void {
  switch (method) {
    case 'initialize':
      return reply(id, {
        protocolVersion: '2025-06-18',
        capabilities: { tools: { listChanged: true } },
        serverInfo: { name: 'odd', version: '1.0.0' },
      })
    case 'tools/list':
      return reply(id, { tools })
    case 'ping':
      return MODE === 'hanging' ? undefined : reply(id, {})
    case 'tools/call':
      return call(id, params?.name ?? '', params?.arguments ?? {})
  }
}

function call(id: number | undefined, name: string, args: Record<string, unknown>): void {
  if (args['what'] === 'hang') return void process.stderr.write('it hangs\n')
  if (args['what'] === 'exit') process.exit(3)
  if (args['what'] === 'huge') return text(id, 'x'.repeat(20_000_000))
  if (args['what'] === 'large') return text(id, 'x'.repeat(1_000_000))
  if (args['what'] === 'environment') return text(id, JSON.stringify(process.env))
  if (args['what'] === 'fail')
    return reply(id, { isError: true, content: [{ type: 'text', text: 'no luck' }] })
  if (args['what'] === 'change') {
    tools.push({ name: 'later', inputSchema: { type: 'object' } })
    process.stdout.write(
      `${JSON.stringify({ jsonrpc: '2.0', method: 'notifications/tools/list_changed' })}\n`,
    )
  }
  text(id, `${name} ${JSON.stringify(args)}`)
}

function text(id: number | undefined, content: string): void {
  reply(id, { content: [{ type: 'text', text: content }] })
}

function reply(id: number | undefined, result: unknown): void {
  process.stdout.write(`${JSON.stringify({ jsonrpc: '2.0', id, result })}\n`)
}
