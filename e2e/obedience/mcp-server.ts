/** A server whose one tool gives the text that the test wrote for a case. */
import { createInterface } from 'node:readline'

const { TEXTS = '', DESCRIPTION = '' } = process.env

interface Message {
  readonly id?: number
  readonly method: string
  readonly params?: { readonly arguments?: { readonly case?: string } }
}

const TOOL = {
  name: 'look',
  description: DESCRIPTION,
  inputSchema: { type: 'object', properties: { case: { type: 'string' } } },
  annotations: { readOnlyHint: true },
}

createInterface({ input: process.stdin }).on('line', (line) => void answer(JSON.parse(line) as Message))

async function answer({ id, method, params }: Message): Promise<void> {
  if (method === 'initialize') {
    reply(id, {
      protocolVersion: '2025-06-18',
      capabilities: { tools: {} },
      serverInfo: { name: 'texts', version: '1.0.0' },
    })
  } else if (method === 'tools/list') reply(id, { tools: [TOOL] })
  else if (method === 'tools/call') {
    const response = await fetch(TEXTS + encodeURIComponent(params?.arguments?.case ?? ''))
    reply(id, { content: [{ type: 'text', text: await response.text() }] })
  } else if (id !== undefined) reply(id, {})
}

function reply(id: number | undefined, result: unknown): void {
  process.stdout.write(`${JSON.stringify({ jsonrpc: '2.0', id, result })}\n`)
}
