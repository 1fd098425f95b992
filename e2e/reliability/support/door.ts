import { Agent, createServer, request } from 'node:http'
import type { IncomingMessage, ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { setTimeout as sleep } from 'node:timers/promises'

/** A call that passes a door. Bodies that are not JSON objects count as empty. */
export interface DoorCall {
  /** The last segment of the path: for the Bot API the method. */
  readonly name: string
  readonly params: Readonly<Record<string, unknown>>
  /** When the whole request had arrived, in milliseconds since 1970. */
  readonly askedAt: number
  answer?: { readonly at: number; readonly status: number; readonly body: Readonly<Record<string, unknown>> }
}

/**
 * The stage of a call: `asked` by the client, `sent` on to the server, `answered` by the server,
 * `passed` back to the client.
 */
export type Stage = 'asked' | 'sent' | 'answered' | 'passed'

/** Sees a call; `drop` breaks the client's connection at that stage. */
export type Guard = (stage: Stage, call: DoorCall) => 'pass' | 'drop'

/** A proxy that sees every call and can break it at an exact point. */
export interface Door {
  readonly url: string
  /** Every call so far, oldest first. */
  readonly calls: readonly DoorCall[]
  close(): Promise<void>
}

export interface DoorOptions {
  /**
   * The server behind the door. It is looked up for each call, since a restarted program has
   * another port.
   */
  readonly target: () => string | undefined
  readonly guard?: Guard
  /** Whether a call's response passes at one byte a second, to its end. */
  readonly isSlow?: (call: DoorCall) => boolean
}

/** Opens a door on a free local port. */
export async function openDoor(options: DoorOptions): Promise<Door> {
  const { target, guard = () => 'pass', isSlow = () => false } = options
  const agent = new Agent({ keepAlive: true, maxSockets: 512 })
  const calls: DoorCall[] = []
  const server = createServer((incoming, outgoing) => {
    void handle(incoming, outgoing).catch(() => outgoing.destroy())
  })
  server.keepAliveTimeout = 60_000

  async function handle(incoming: IncomingMessage, outgoing: ServerResponse): Promise<void> {
    const body = await readAll(incoming)
    const [path = ''] = (incoming.url ?? '').split('?')
    const call: DoorCall = {
      name: path.slice(path.lastIndexOf('/') + 1),
      params: parseObject(body),
      askedAt: Date.now(),
    }
    calls.push(call)
    if (guard('asked', call) === 'drop') return void outgoing.destroy()
    const behind = target()
    if (behind === undefined) return void outgoing.writeHead(502).end()
    const onward = request(behind + incoming.url, {
      method: incoming.method,
      headers: { ...incoming.headers, host: new URL(behind).host },
      agent,
    })
    onward.once('finish', () => {
      if (guard('sent', call) === 'drop') outgoing.destroy()
    })
    onward.once('error', () => {
      if (!outgoing.headersSent) outgoing.writeHead(502)
      outgoing.end()
    })
    onward.once('response', (response) => {
      readAll(response).then(
        (answer) => passBack(call, response, answer, outgoing),
        () => outgoing.destroy(),
      )
    })
    // if the client is gone, its held poll must end too
    outgoing.once('close', () => {
      if (!outgoing.writableFinished) onward.destroy()
    })
    onward.end(body)
  }

  function passBack(call: DoorCall, response: IncomingMessage, body: Buffer, outgoing: ServerResponse): void {
    call.answer = { at: Date.now(), status: response.statusCode ?? 0, body: parseObject(body) }
    if (guard('answered', call) === 'drop') return void outgoing.destroy()
    const { 'transfer-encoding': _chunked, ...headers } = response.headers
    outgoing.writeHead(response.statusCode ?? 502, { ...headers, 'content-length': body.length })
    if (isSlow(call)) void trickle(body, outgoing)
    else outgoing.end(body, () => void guard('passed', call))
  }

  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    calls,
    async close() {
      agent.destroy()
      server.closeAllConnections()
      await new Promise((resolve) => server.close(resolve))
    },
  }
}

/** Writes byte by byte, until the client disconnects. */
async function trickle(body: Buffer, outgoing: ServerResponse): Promise<void> {
  for (const byte of body) {
    if (outgoing.destroyed) return
    outgoing.write(Buffer.of(byte))
    await sleep(1_000, undefined, { ref: false })
  }
  outgoing.end()
}

async function readAll(stream: IncomingMessage): Promise<Buffer> {
  const chunks: Buffer[] = []
  for await (const chunk of stream) chunks.push(chunk as Buffer)
  return Buffer.concat(chunks)
}

function parseObject(body: Buffer): Record<string, unknown> {
  try {
    const value: unknown = JSON.parse(body.toString('utf8'))
    return typeof value === 'object' && value !== null ? { ...value } : {}
  } catch {
    return {}
  }
}
