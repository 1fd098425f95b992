import type { Logger } from '@pluggram/sdk'
import { Mux } from '../wire/mux.ts'
import { Peer } from '../wire/peer.ts'
import { describeExit } from './crash.ts'
import { launch, limitMemory } from './launch.ts'
import type { LaunchedProcess, LaunchOptions, ProcessEnd, Seat } from './launch.ts'
import { OutputCapture } from './output-capture.ts'
import { ProcessWatch } from './process-watch.ts'
import { CONTROL_CHANNEL, MAX_MESSAGE_BYTES, MAX_MESSAGE_VALUES } from '../wire/protocol.ts'
import { RateLimit } from './rate-limit.ts'

interface Member {
  isBusy: () => boolean
  readonly listeners: ((end: ProcessEnd) => void)[]
}

/** How long a process may take to start. */
const START_SECONDS = 15

/**
 * One process for several plugins. Each has its own connection and starts, works and stops
 * independently. The process is watched as a whole, and ends with its last plugin. After a crash it
 * tries to identify the plugin that caused it; the others are restarted without a crash counted
 * against them.
 */
export class SharedProcess {
  readonly #group: string
  readonly #logger: Logger
  readonly #launched: LaunchedProcess
  readonly #mux: Mux
  readonly #control: Peer
  readonly #watch: ProcessWatch
  readonly #output: OutputCapture
  readonly #lines = new RateLimit(100, 500)
  readonly #members = new Map<string, Member>()
  readonly #guests = new Set<string>()
  readonly #culprits = new Set<string>()
  readonly #starting = new Set<string>()
  #reason: string | undefined
  #nextId = CONTROL_CHANNEL + 1
  #isOver = false

  constructor(group: string, options: LaunchOptions, logger: Logger) {
    this.#group = group
    this.#logger = logger
    this.#launched = launch(options)
    this.#mux = new Mux(this.#launched.channel)
    this.#control = new Peer(this.#mux.open(CONTROL_CHANNEL), {
      maxIncomingBytes: MAX_MESSAGE_BYTES,
      maxIncomingValues: MAX_MESSAGE_VALUES,
      maxOutgoingBytes: MAX_MESSAGE_BYTES,
      maxCalls: 1,
      onCall: async () => undefined,
      onNote: (method) => {
        if (method === 'pong') this.#watch.pong()
        if (method === 'hello') void this.#limit(options.memoryMb)
      },
      onClose: () => {},
    })
    this.#output = new OutputCapture(this.#launched.output, {
      onLine: (line) => {
        if (this.#lines.take()) logger.info(line, { group })
      },
    })
    this.#watch = new ProcessWatch({
      pid: this.#launched.pid ?? 0,
      memoryMb: options.memoryMb,
      ping: () => this.#control.note('ping', []),
      hasUnread: () => this.#launched.channel.writableLength > 0,
      onSilence: (seconds) =>
        this.#warn(`does not respond: it has blocked its event loop for ${seconds.toFixed(1)} s`),
      onBusy: (percent) => this.#warn(`keeps a processor busy: ${Math.round(percent)} % of one`),
      onViolation: (reason) => this.#end(reason),
    })
    this.#watch.beginStart(START_SECONDS)
    this.#launched.onEnd((end) => this.#onEnd(end))
  }

  /** Whether the plugin can join. It never can twice, because its code would not be read again. */
  mayTake(plugin: string): boolean {
    return !this.#isOver && !this.#guests.has(plugin)
  }

  /** Adds a plugin and returns its seat. */
  take(plugin: string): LaunchedProcess {
    const id = this.#nextId++
    const member: Member = { isBusy: () => false, listeners: [] }
    this.#guests.add(plugin)
    this.#members.set(plugin, member)
    const channel = this.#mux.open(id)
    channel.once('close', () => this.#leave(plugin, member))
    this.#control.note('open', [id])
    return {
      pid: this.#launched.pid,
      channel,
      output: [],
      workerPid: () => this.#launched.workerPid(),
      kill: () => this.#launched.kill(),
      onEnd: (listener) => void member.listeners.push(listener),
      seat: this.#createSeat(plugin, member),
    }
  }

  #createSeat(plugin: string, member: Member): Seat {
    return {
      beginStart: (seconds) => {
        this.#starting.add(plugin)
        this.#watch.beginStart(seconds)
      },
      settle: () => this.#settle(plugin),
      occupy: (isBusy) => (member.isBusy = isBusy),
      blame: () => void this.#culprits.add(plugin),
      verdict: () => {
        const [first] = this.#culprits
        if (first === undefined)
          return this.#reason === undefined ? undefined : { reason: this.#reason, isOwnFault: true }
        if (this.#culprits.has(plugin)) return { reason: this.#reason ?? 'ended', isOwnFault: true }
        return { reason: `was ended with ${first}, whose process it shares`, isOwnFault: false }
      },
    }
  }

  async #limit(memoryMb: number): Promise<void> {
    const worker = await limitMemory(this.#launched, memoryMb)
    if (worker === undefined) return this.#end('cannot be watched in its sandbox')
    this.#watch.follow(worker)
    if (this.#starting.size === 0) this.#watch.settle()
  }

  #settle(plugin: string): void {
    if (this.#starting.delete(plugin) && this.#starting.size === 0) this.#watch.settle()
  }

  #leave(plugin: string, member: Member): void {
    if (this.#isOver || this.#members.get(plugin) !== member) return
    // all connections are closed, so the exit of the process shows the cause
    const { destroyed, readableEnded } = this.#launched.channel
    if (destroyed || readableEnded) return
    this.#members.delete(plugin)
    this.#settle(plugin)
    for (const listener of member.listeners) listener({ code: 0, signal: null })
    if (this.#members.size > 0) return
    this.#isOver = true
    this.#watch.stop()
    this.#launched.kill()
  }

  /**
   * Blames all busy plugins when the process exceeds a limit, since it cannot tell which one caused
   * it.
   */
  #end(reason: string): void {
    this.#reason = reason
    for (const name of this.#atWork()) this.#culprits.add(name)
    this.#launched.kill()
  }

  #onEnd(end: ProcessEnd): void {
    this.#isOver = true
    this.#watch.stop()
    if (this.#culprits.size === 0) for (const name of this.#atWork()) this.#culprits.add(name)
    this.#reason ??= describeExit(end.code, end.signal, this.#output.tail)
    const members = [...this.#members.values()]
    this.#members.clear()
    for (const { listeners } of members) for (const listener of listeners) listener(end)
  }

  #atWork(): readonly string[] {
    return [...this.#members].flatMap(([name, { isBusy }]) => (isBusy() ? [name] : []))
  }

  #warn(what: string): void {
    const names = this.#atWork()
    const who =
      names.length > 0 ? `Plugin ${names.join(' or ')}` : `One of ${[...this.#members.keys()].join(', ')}`
    this.#logger.warn(`${who} (group ${this.#group}) ${what}`, { plugin: names[0] ?? this.#group })
  }
}
