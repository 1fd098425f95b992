import { AsyncLocalStorage } from 'node:async_hooks'
import type { Duplex } from 'node:stream'
import type { ObservedMessage, PluginSummary, ScheduledRun } from '@pluggram/sdk'
import { Peer } from '../rpc/peer.ts'
import { encodeError } from '../rpc/wire-error.ts'
import type { JsonObject } from '../json-types.ts'
import { ChildPlugin } from './child-plugin.ts'
import { MAX_MESSAGE_BYTES } from './protocol.ts'
import type { ConfigureRequest, ContextData, LoadRequest, StartRequest } from './protocol.ts'

const EFFECTS_INTERVAL_MS = 250

export interface ChildConnectionOptions {
  /** Called when a plugin was read, before any of it runs. */
  onLoad(request: LoadRequest): void
  /** The host is gone, or has no more use for the plugin. */
  onClose(): void
}

// taken now: the plugin may put something else in their place
const { setInterval: every, clearInterval: cease } = globalThis
const working = new AsyncLocalStorage<ChildConnection>()

/** One plugin of a plugin process and its connection to the host. */
export class ChildConnection {
  readonly #channel: Duplex
  readonly #peer: Peer
  readonly #plugin: ChildPlugin
  readonly #options: ChildConnectionOptions

  constructor(channel: Duplex, options: ChildConnectionOptions) {
    this.#channel = channel
    this.#options = options
    const peer: Peer = new Peer(channel, {
      maxIncomingBytes: MAX_MESSAGE_BYTES,
      maxOutgoingBytes: MAX_MESSAGE_BYTES,
      maxCalls: 10_000,
      callsAtOnce: true,
      onCall: ({ method, args, signal }) => working.run(this, () => this.#answer(method, args, signal)),
      onNote: (method, args) => {
        if (method === 'ping') peer.note('pong', args)
        if (method === 'plugins') this.#plugin.setPlugins(args[0] as readonly PluginSummary[])
      },
      onClose: () => {
        cease(reporting)
        options.onClose()
      },
    })
    this.#peer = peer
    this.#plugin = new ChildPlugin(peer)
    const reporting = every(() => this.#reportEffects(), EFFECTS_INTERVAL_MS)
    reporting.unref()
    peer.note('hello', [])
  }

  /** Whose work is done right now, as far as that can be told. */
  static current(): ChildConnection | undefined {
    return working.getStore()
  }

  get fetch(): typeof globalThis.fetch {
    return this.#plugin.fetch
  }

  /** Whether a stack names one of the plugin's own files. */
  isIn(stack: string): boolean {
    const { candidate } = this.#plugin
    if (!candidate) return false
    return stack.includes(candidate.isSingleFile ? candidate.entry : candidate.directory)
  }

  /** Tells the host that the process ends of this. */
  reportFatal(error: unknown, how: string, onSaid: () => void): void {
    this.#peer.note('fatal', [how, encodeError(error)])
    this.#channel.end(onSaid)
  }

  #known = ''
  #reportEffects(): void {
    const effects = this.#plugin.effects()
    const seen = effects.join('\n')
    if (seen !== this.#known) this.#peer.note('effects', [effects])
    this.#known = seen
  }

  async #answer(method: string, args: readonly unknown[], signal: AbortSignal): Promise<unknown> {
    const plugin = this.#plugin
    // the host checks what it gets; what comes from the host is taken as it is
    switch (method) {
      case 'load': {
        const request = args[0] as LoadRequest
        return plugin.load(request, () => this.#options.onLoad(request))
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
      case 'forget':
        return plugin.forgetUser(args[0] as number)
      case 'provided':
        return plugin.callProvided(args[0] as string, args[1] as readonly unknown[])
      case 'callback':
        return plugin.callbacks.call(args[0] as number, args.slice(1))
      case 'schedule': {
        const [target, run] = args as [string | number, Omit<ScheduledRun, 'signal'>]
        return plugin.runSchedule(target, { ...run, signal })
      }
      case 'check-config':
        return plugin.checkConfig(args[0] as JsonObject)
      case 'reconfigure':
        return plugin.reconfigure(args[0] as JsonObject)
      case 'status':
        return plugin.status(args[0] as number)
      case 'stop':
        return plugin.stop(args[0] as number)
      default:
        throw new Error(`a plugin process knows no ${method}`)
    }
  }
}
