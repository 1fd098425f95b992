/**
 * The program of a plugin process. It connects to its host, waits to be told which plugin it is for, gives up what
 * rights it needed to get that far, and only then imports the plugin.
 */
import module from 'node:module'
import net from 'node:net'
import process from 'node:process'
import type { ObservedMessage, PluginSummary, ScheduledRun } from '@pluggram/sdk'
import { Peer } from '../rpc/peer.ts'
import { encodeError } from '../rpc/wire-error.ts'
import { ChildPlugin } from './child-plugin.ts'
import { lockDown } from './lockdown.ts'
import { CHANNEL_FD, MAX_MESSAGE_BYTES } from './protocol.ts'
import type { ConfigureRequest, ContextData, LoadRequest, StartRequest } from './protocol.ts'

const EFFECTS_INTERVAL_MS = 250
/** The report of a fatal error gets this long to leave. */
const LAST_WORDS_MS = 200

// taken now: the plugin may put something else in their place
const exit = process.exit.bind(process)
const { setTimeout: later, setInterval: every } = globalThis

const socket = new net.Socket({ fd: CHANNEL_FD, readable: true, writable: true })
const peer: Peer = new Peer(socket, {
  maxIncomingBytes: MAX_MESSAGE_BYTES,
  maxOutgoingBytes: MAX_MESSAGE_BYTES,
  maxCalls: 10_000,
  onCall: ({ method, args, signal }) => answer(method, args, signal),
  onNote(method, args) {
    if (method === 'ping') peer.note('pong', args)
    if (method === 'plugins') plugin.setPlugins(args[0] as readonly PluginSummary[])
  },
  // the host is gone, or has no more use for this process
  onClose: () => exit(0),
})
const plugin = new ChildPlugin(peer)

for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, () => {})
process.on('uncaughtException', (error) => die(error, 'threw outside of any call'))
process.on('unhandledRejection', (error) => die(error, 'left a rejected promise to nobody'))

let knownEffects = ''
every(() => {
  const effects = plugin.effects()
  const seen = effects.join('\n')
  if (seen !== knownEffects) peer.note('effects', [effects])
  knownEffects = seen
}, EFFECTS_INTERVAL_MS).unref()

peer.note('hello', [process.pid])

async function answer(method: string, args: readonly unknown[], signal: AbortSignal): Promise<unknown> {
  // the host checks what it gets; what comes from the host is taken as it is
  switch (method) {
    case 'load': {
      const request = args[0] as LoadRequest
      giveUpRights(request.codeCache)
      process.title = `pluggram ${request.candidate.name}`
      return plugin.load(request)
    }
    case 'configure':
      return plugin.configure(args[0] as ConfigureRequest)
    case 'start':
      return plugin.start(args[0] as StartRequest)
    case 'handle':
      return plugin.handle(args[0] as number, args[1] as string, args[2] as ContextData, signal)
    case 'tool': {
      const [call, name, input, data] = args as [number, string, unknown, ContextData]
      return plugin.callTool(call, name, input, data, signal)
    }
    case 'observe':
      return plugin.observe(args[0] as ObservedMessage)
    case 'provided':
      return plugin.callProvided(args[0] as string, args[1] as readonly unknown[])
    case 'callback':
      return plugin.callbacks.call(args[0] as number, args.slice(1))
    case 'schedule': {
      const [target, run] = args as [string | number, Omit<ScheduledRun, 'signal'>]
      return plugin.runSchedule(target, { ...run, signal })
    }
    case 'status':
      return plugin.status(args[0] as number)
    case 'stop':
      return plugin.stop(args[0] as number)
    default:
      throw new Error(`a plugin process knows no ${method}`)
  }
}

function giveUpRights(cache: string | undefined): void {
  if (cache !== undefined) {
    module.flushCompileCache()
    process.permission.drop('fs.write', cache)
    process.permission.drop('fs.read', cache)
  }
  lockDown()
}

function die(error: unknown, how: string): void {
  peer.note('fatal', [how, encodeError(error)])
  later(() => exit(1), LAST_WORDS_MS)
  socket.end(() => exit(1))
}
