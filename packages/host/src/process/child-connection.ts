import { AsyncLocalStorage } from 'node:async_hooks'
import type { Duplex } from 'node:stream'
import type { PluginSummary, ScheduledRun } from '@pluggram/sdk'
import { CALLS } from '@pluggram/sdk/runtime'
import type { CallKind } from '@pluggram/sdk/runtime'
import { MAX_LABELS } from './effect-labels.ts'
import { Peer } from '../wire/peer.ts'
import { encodeError } from '../wire/wire-error.ts'
import { ChildPlugin } from './child-plugin.ts'
import { MAX_MESSAGE_BYTES } from '../wire/protocol.ts'
import type { ConfigureRequest, LoadRequest, StartRequest } from '../wire/protocol.ts'

/** Effects often begin and end together, so that a change is reported a little later. */
const EFFECTS_DELAY_MS = 250

export interface ChildConnectionOptions {
  /** Called when a plugin has been read, before any of it runs. */
  onLoad(request: LoadRequest): void
  /** Called when the host has ended, or no longer needs the plugin. */
  onClose(): void
}

// saved now, because the plugin may replace them
const { setTimeout: later, clearTimeout: cancel } = globalThis
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
      keepsCallers: true,
      onCall: ({ method, args, signal }) => working.run(this, () => this.#answer(method, args, signal)),
      onNote: (method, args) => {
        if (method === 'ping') peer.note('pong', [])
        if (method === 'plugins') this.#plugin.setPlugins(args[0] as readonly PluginSummary[])
      },
      onClose: () => {
        cancel(this.#reporting)
        options.onClose()
      },
    })
    this.#peer = peer
    this.#plugin = new ChildPlugin(peer, () => this.#effectsChanged())
    peer.note('hello', [])
  }

  /** The plugin whose call is being answered right now, if that is known. */
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

  /** Reports to the host that this error ends the process. */
  reportFatal(error: unknown, how: string, onSaid: () => void): void {
    this.#peer.note('fatal', [how, encodeError(error)])
    this.#channel.end(onSaid)
  }

  #reporting: NodeJS.Timeout | undefined
  #effectsChanged(): void {
    this.#reporting ??= later(() => this.#reportEffects(), EFFECTS_DELAY_MS).unref()
  }

  #known = ''
  #reportEffects(): void {
    this.#reporting = undefined
    const effects = this.#plugin.effects().slice(0, MAX_LABELS)
    const seen = effects.join('\n')
    if (seen !== this.#known) this.#peer.note('effects', [effects])
    this.#known = seen
  }

  /** Messages from the host are trusted; the host validates what it receives. */
  async #answer(method: string, args: readonly unknown[], signal: AbortSignal): Promise<unknown> {
    if (Object.hasOwn(CALLS, method)) return this.#plugin.ask(method as CallKind, args[0] as never, signal)
    const answer = Object.hasOwn(LIFE, method) ? LIFE[method as keyof typeof LIFE] : undefined
    if (!answer) throw new Error(`a plugin process knows no ${method}`)
    return answer(this.#plugin, args, { signal, onLoad: (request) => this.#options.onLoad(request) })
  }
}

interface LifeCall {
  readonly signal: AbortSignal
  onLoad(request: LoadRequest): void
}

/**
 * The host's requests besides `CALLS`: the plugin's start and end, and its functions by number.
 */
const LIFE = {
  load: (plugin, [request], { onLoad }) =>
    plugin.load(request as LoadRequest, () => onLoad(request as LoadRequest)),
  configure: (plugin, [request]) => plugin.configure(request as ConfigureRequest),
  start: (plugin, [request]) => plugin.start(request as StartRequest),
  callback: (plugin, [id, ...args]) => plugin.callbacks.call(id as number, args),
  'run-scheduled': (plugin, [handler, run], { signal }) =>
    plugin.runScheduled(handler as number, { ...(run as Omit<ScheduledRun, 'signal'>), signal }),
  // our own timers do not keep a process alive, so they are not among these
  timers: async () => process.getActiveResourcesInfo().some((kind) => kind === 'Timeout'),
  stop: (plugin, [seconds]) => plugin.stop(seconds as number),
} satisfies Readonly<
  Record<string, (plugin: ChildPlugin, args: readonly unknown[], call: LifeCall) => Promise<unknown>>
>
