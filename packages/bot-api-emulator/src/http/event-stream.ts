import type { FastifyReply, FastifyRequest } from 'fastify'
import type { ChatDriver } from '../drive-types.ts'

const HEARTBEAT_MS = 15_000
/** A client that does not read is disconnected, to bound memory; it can reconnect. */
const MAX_UNREAD_BYTES = 8 * 1024 * 1024

/** Sends every new event until the client disconnects or the server closes. */
export function openEventStream(
  driver: ChatDriver,
  request: FastifyRequest,
  reply: FastifyReply,
  streams: Set<() => void>,
): void {
  reply.hijack()
  const { raw } = reply
  raw.writeHead(200, {
    ...(reply.getHeaders() as Record<string, string>),
    'content-type': 'text/event-stream; charset=utf-8',
    'cache-control': 'no-store',
    'x-accel-buffering': 'no',
  })
  // a browser only considers the stream open once it receives data
  raw.write(': open\n\n')
  request.raw.socket.setTimeout(0)

  const unsubscribe = driver.subscribe((event) => {
    raw.write(`id: ${event.sequence}\ndata: ${JSON.stringify(event)}\n\n`)
    if (raw.writableLength > MAX_UNREAD_BYTES) raw.destroy()
  })
  const heartbeat = setInterval(() => raw.write(': still here\n\n'), HEARTBEAT_MS)
  const end = (): void => {
    raw.end()
  }
  streams.add(end)
  raw.once('close', () => {
    clearInterval(heartbeat)
    unsubscribe()
    streams.delete(end)
  })
}
