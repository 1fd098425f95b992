import { createServer } from 'node:http'
import type { IncomingHttpHeaders } from 'node:http'
import type { AddressInfo } from 'node:net'

/** The parts of a request to a language model that tests look at. */
export interface ModelRequest {
  readonly messages: readonly { readonly role: string; readonly content?: unknown }[]
  readonly tools?: readonly { readonly function: { readonly name: string; readonly description: string } }[]
  readonly tool_choice?: unknown
}

/** Its answer: text, whole or in pieces that arrive over time, or a call. */
export interface ModelAct {
  readonly text?: string | AsyncIterable<string>
  /** Why it ends: default `stop`, or `tool_calls`. `broken` ends the connection in its midst. */
  readonly reason?: 'length' | 'broken'
  readonly calls?: readonly { readonly name: string; readonly args: unknown }[]
}

export interface ObedientModel {
  /** For `OPENAI_BASE_URL`. */
  readonly url: string
  readonly requests: ModelRequest[]
  /** The headers of the same requests. */
  readonly headers: IncomingHttpHeaders[]
  close(): Promise<void>
}

/**
 * An OpenAI-compatible server whose model does what `act` says, whatever the request, and as late
 * as `act` resolves.
 */
export async function startObedientModel(
  act: (request: ModelRequest, index: number) => ModelAct | Promise<ModelAct>,
  /** Its name tells what it accepts: one with `vision` accepts pictures. */
  id = 'obedient',
): Promise<ObedientModel> {
  const requests: ModelRequest[] = []
  const headers: IncomingHttpHeaders[] = []
  const server = createServer(async (request, response) => {
    if (request.method !== 'POST') {
      response.setHeader('content-type', 'application/json')
      response.end(JSON.stringify({ object: 'list', data: [{ id, object: 'model' }] }))
      return
    }
    let body = ''
    for await (const chunk of request.setEncoding('utf8')) body += String(chunk)
    const parsed = JSON.parse(body) as ModelRequest
    requests.push(parsed)
    headers.push(request.headers)
    const { text, calls = [], reason } = await act(parsed, requests.length - 1)
    response.setHeader('content-type', 'text/event-stream')
    const write = (choice: object): void => {
      const chunk = { id: 'c', object: 'chat.completion.chunk', created: 0, model: 'obedient' }
      response.write(`data: ${JSON.stringify({ ...chunk, choices: [{ index: 0, ...choice }] })}\n\n`)
    }
    if (typeof text === 'object') {
      for await (const content of text) {
        if (response.destroyed) return
        write({ delta: { role: 'assistant', content }, finish_reason: null })
      }
    }
    const delta = {
      role: 'assistant',
      ...(typeof text === 'string' && { content: text }),
      ...(calls.length > 0 && {
        tool_calls: calls.map(({ name, args }, index) => ({
          index,
          id: `call_${requests.length}_${index}`,
          type: 'function',
          function: { name, arguments: JSON.stringify(args) },
        })),
      }),
    }
    write({ delta, finish_reason: null })
    if (reason === 'broken') {
      // what was written so far must arrive
      setImmediate(() => response.destroy())
      return
    }
    write({ delta: {}, finish_reason: reason ?? (calls.length > 0 ? 'tool_calls' : 'stop') })
    response.end('data: [DONE]\n\n')
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/v1`,
    requests,
    headers,
    close: () =>
      new Promise((resolve) => {
        server.closeAllConnections()
        server.close(() => resolve())
      }),
  }
}

/** The results of its last calls, as the model reads them. */
export function toolResults({ messages }: ModelRequest): string[] {
  const results: string[] = []
  for (const { role, content } of messages.toReversed()) {
    if (role !== 'tool') break
    results.unshift(String(content))
  }
  return results
}
