/**
 * The program of a plugin process. It connects to its host and waits to be told which plugin (or
 * plugins, in a shared process) to run. Then it drops the rights that it needed until then, and
 * only after that imports the plugin.
 */
import net from 'node:net'
import process from 'node:process'
import { Mux } from '../wire/mux.ts'
import { Peer } from '../wire/peer.ts'
import { thrownText } from '../error-location.ts'
import { ChildConnection } from './child-connection.ts'
import { returnCodeCache } from './code-cache.ts'
import { RefusedWebSocket } from './denied.ts'
import { lockDown } from './lockdown.ts'
import { CHANNEL_FD, CONTROL_CHANNEL, MAX_MESSAGE_BYTES } from '../wire/protocol.ts'
import type { LoadRequest } from '../wire/protocol.ts'

/** How long the report of a fatal error may take to be sent. */
const LAST_WORDS_MS = 200

// saved now, because the plugin may replace them
const exit = process.exit.bind(process)
const { setTimeout: later } = globalThis

const [, , codeCache = '', group = ''] = process.argv
const socket = new net.Socket({ fd: CHANNEL_FD, readable: true, writable: true })
const connections = new Set<ChildConnection>()
let hasGivenUp = false

for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, () => {})
process.on('uncaughtException', (error) => die(error, 'threw an error outside a call'))
process.on('unhandledRejection', (error) => die(error, 'has an unhandled promise rejection'))

globalThis.WebSocket = RefusedWebSocket as unknown as typeof WebSocket
if (group === '') serveOne()
else serveMany()

function serveOne(): void {
  const connection = new ChildConnection(socket, { onLoad: prepare, onClose: () => exit(0) })
  connections.add(connection)
  globalThis.fetch = async (...request) => connection.fetch(...request)
}

function serveMany(): void {
  const mux = new Mux(socket)
  const control: Peer = new Peer(mux.open(CONTROL_CHANNEL), {
    maxIncomingBytes: MAX_MESSAGE_BYTES,
    maxOutgoingBytes: MAX_MESSAGE_BYTES,
    maxCalls: 1,
    onCall: async () => undefined,
    onNote(method, args) {
      if (method === 'ping') control.note('pong', args)
      if (method === 'open') join(mux, args[0] as number)
    },
    onClose: () => exit(0),
  })
  // the call being answered shows which plugin this is
  globalThis.fetch = async (...request) => {
    const asking = ChildConnection.current()
    if (!asking) throw new Error('fetch: it cannot be told which plugin asks; use services.http.fetch')
    return asking.fetch(...request)
  }
  control.note('hello', [])
}

function join(mux: Mux, id: number): void {
  const connection: ChildConnection = new ChildConnection(mux.open(id), {
    onLoad: prepare,
    onClose: () => void connections.delete(connection),
  })
  connections.add(connection)
}

function prepare({ candidate }: LoadRequest): void {
  if (hasGivenUp) return
  hasGivenUp = true
  if (codeCache !== '') returnCodeCache(codeCache)
  lockDown()
  process.title = group === '' ? `pluggram ${candidate.name}` : `pluggram group ${group}`
}

/**
 * Ends the process. Reports to the host which plugin caused it, or all plugins when that is
 * unknown.
 */
function die(error: unknown, how: string): void {
  later(() => exit(1), LAST_WORDS_MS)
  const stack = thrownText(error, 'stack')
  const all = [...connections]
  const concerned = all.filter((connection) => connection.isIn(stack))
  const current = ChildConnection.current()
  const told = concerned.length > 0 ? concerned : current ? [current] : all
  let left = told.length
  for (const connection of told) {
    connection.reportFatal(error, how, () => {
      left -= 1
      if (left === 0) exit(1)
    })
  }
}
