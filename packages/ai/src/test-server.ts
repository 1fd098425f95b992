import { createServer } from 'node:http'
import type { IncomingMessage, ServerResponse } from 'node:http'
import { once } from 'node:events'

/** A test's own server on 127.0.0.1. */
export interface LoopbackServer extends AsyncDisposable {
  readonly port: number
  /** `http://127.0.0.1:PORT/v1` */
  readonly baseUrl: string
  readonly requests: readonly IncomingMessage[]
}

/** Starts a server for one test; `await using` closes it along with open connections. */
export async function startLoopbackServer(
  handle: (request: IncomingMessage, response: ServerResponse) => void,
): Promise<LoopbackServer> {
  const requests: IncomingMessage[] = []
  const server = createServer((request, response) => {
    requests.push(request)
    handle(request, response)
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  const address = server.address()
  if (typeof address !== 'object' || address === null) throw new Error('The test server has no port.')
  return {
    port: address.port,
    baseUrl: `http://127.0.0.1:${address.port}/v1`,
    requests,
    [Symbol.asyncDispose]: async () => {
      server.closeAllConnections()
      server.close()
      await once(server, 'close')
    },
  }
}

/** Answers `GET /v1/models` with these models and everything else with 404. */
export function servesModels(...ids: string[]): (request: IncomingMessage, response: ServerResponse) => void {
  return (request, response) => {
    if (request.url !== '/v1/models') {
      response.writeHead(404).end()
      return
    }
    response.setHeader('content-type', 'application/json')
    response.end(JSON.stringify({ object: 'list', data: ids.map((id) => ({ id, object: 'model' })) }))
  }
}

/** Writes one chunk of a streamed answer, in the format of OpenAI-compatible servers. */
export function writeChunk(
  response: ServerResponse,
  delta: string | object,
  finish: string | null = null,
): void {
  if (!response.headersSent) response.writeHead(200, { 'content-type': 'text/event-stream' })
  const content = typeof delta === 'string' ? { content: delta } : delta
  const choices = [{ index: 0, delta: { role: 'assistant', ...content }, finish_reason: finish }]
  response.write(
    `data: ${JSON.stringify({ id: '1', object: 'chat.completion.chunk', created: 1, model: 'm', choices })}\n\n`,
  )
}

/** Writes a whole streamed answer with its usage. */
export function writeAnswer(
  response: ServerResponse,
  text: string,
  usage?: { readonly input: number; readonly output: number },
): void {
  writeChunk(response, text, 'stop')
  if (usage) {
    const counted = { prompt_tokens: usage.input, completion_tokens: usage.output, total_tokens: 0 }
    response.write(
      `data: ${JSON.stringify({ id: '1', object: 'chat.completion.chunk', created: 1, model: 'm', choices: [], usage: counted })}\n\n`,
    )
  }
  response.end('data: [DONE]\n\n')
}
