import { Agent, request } from 'node:http'
import { connect } from 'node:net'
import type { Socket } from 'node:net'
import type { EmulatedUser } from '@pluggram/bot-api-emulator'

export const SECRET = 'reliability-secret'
const PATH = '/telegram/webhook'
const SECRET_HEADER = 'x-telegram-bot-api-secret-token'

/** Posts to the assistant's webhook, as Telegram does or as it never would. */
export interface WebhookClient {
  /** Posts a body; returns the status, or 0 if the connection was broken. */
  post(body: string | Buffer, headers?: Readonly<Record<string, string | string[]>>): Promise<number>
  /** Streams chunks endlessly until a response arrives; returns its status. */
  postForEver(chunk: Buffer): Promise<number>
  /** Opens a connection and sends the first part of a request. */
  open(beginning: string): Promise<Socket>
  close(): void
}

export function createWebhookClient(url: string): WebhookClient {
  const { hostname, port } = new URL(url)
  const agent = new Agent({ keepAlive: true })
  const target = { hostname, port, path: PATH, method: 'POST', agent }
  const sockets = new Set<Socket>()

  return {
    post: (body, headers = honestHeaders()) =>
      new Promise((resolve) => {
        const outgoing = request({
          ...target,
          headers: { ...headers, 'content-length': Buffer.byteLength(body) },
        })
        outgoing.once('response', (response) => {
          response.resume().once('close', () => resolve(response.statusCode ?? 0))
        })
        outgoing.once('error', () => resolve(0))
        outgoing.end(body)
      }),
    postForEver: (chunk) =>
      new Promise((resolve) => {
        const outgoing = request({ ...target, headers: honestHeaders(), agent: false })
        const end = (status: number): void => {
          outgoing.destroy()
          resolve(status)
        }
        const more = (): void => {
          while (!outgoing.destroyed && outgoing.write(chunk)) continue
        }
        outgoing.on('drain', more)
        outgoing.once('response', (response) => end(response.statusCode ?? 0))
        outgoing.once('error', () => end(0))
        more()
      }),
    open: (beginning) =>
      new Promise((resolve, reject) => {
        const socket = connect(Number(port), hostname, () => {
          socket.write(beginning)
          resolve(socket)
        })
        sockets.add(socket)
        socket.once('error', reject)
        // an attacker does not mind a closed connection
        socket.on('error', () => undefined)
        socket.resume()
      }),
    close() {
      agent.destroy()
      for (const socket of sockets) socket.destroy()
    },
  }
}

export function honestHeaders(): Record<string, string> {
  return { 'content-type': 'application/json', [SECRET_HEADER]: SECRET }
}

/** The headers of an honest request that announce a body of that length. */
export function requestHead(length: number): string {
  const headers = Object.entries({ ...honestHeaders(), host: '127.0.0.1', 'content-length': String(length) })
  return `POST ${PATH} HTTP/1.1\r\n${headers.map(([name, value]) => `${name}: ${value}\r\n`).join('')}\r\n`
}

/** An update as Telegram sends it. */
export function messageUpdate(updateId: number, person: EmulatedUser, text: string): string {
  const from = { id: person.id, is_bot: false, first_name: person.firstName }
  const chat = { id: person.id, type: 'private', first_name: person.firstName }
  const message = { message_id: updateId, date: Math.floor(Date.now() / 1_000), from, chat, text }
  return JSON.stringify({ update_id: updateId, message })
}
