import { withinTime } from '@pluggram/base'
import type { PluginSummary, ScheduledRun } from '@pluggram/sdk'
import { CALLS } from '@pluggram/sdk/runtime'
import type { Answer, CallKind, Question } from '@pluggram/sdk/runtime'
import type { HostServices } from '../start/local-services.ts'
import { ANSWERS } from '../calls/plugin-answers.ts'
import { decodeError } from '../wire/wire-error.ts'
import { Peer } from '../wire/peer.ts'
import type { IncomingCall } from '../wire/peer.ts'
import { WorkBudget } from '../wire/work-queue.ts'
import { CallGuard } from '../calls/call-limits.ts'
import type { CallLimits } from '../calls/call-limits.ts'
import { contextOf, toContextData } from '../wire/wire-context.ts'
import { toLabels } from './effect-labels.ts'
import { describeExit, PluginCrashError } from './crash.ts'
import { FolderWatch } from './folder-watch.ts'
import type { FolderWatchOptions } from './folder-watch.ts'
import { limitMemory } from './launch.ts'
import type { LaunchedProcess, ProcessEnd } from './launch.ts'
import { describeFatal, silence } from './describe-fatal.ts'
import { ProcessWatch } from './process-watch.ts'
import { MAX_MESSAGE_BYTES, MAX_MESSAGE_VALUES } from '../wire/protocol.ts'
import { ServedCalls } from './served-calls.ts'
import { ServedServices } from './served-services.ts'
import type { JsonObject } from '../json-types.ts'
import { WatchedOutput } from './watched-output.ts'

export interface PluginProcessOptions {
  readonly plugin: string
  /** The folder of its files, to locate errors. */
  readonly directory: string
  readonly memoryMb: number
  /** The folder that it may write to, and its limit. */
  readonly files?: Pick<FolderWatchOptions, 'folder' | 'limitMb'>
  /** Starts the process, or takes a seat in one. */
  open(): LaunchedProcess
  /** Logs the process's output, and warnings about it. */
  log(level: 'info' | 'warn' | 'error', message: string): void
  /** Returns the syntax error of a file; only called for the plugin's own files. */
  checkSyntax(file: string): Promise<string | undefined>
  onEffects(labels: readonly string[]): void
  /** Called once, when the process has ended unexpectedly. */
  onCrash(error: PluginCrashError): void
}

/** How long a process may take to start and report. */
const HELLO_SECONDS = 15
/** How many bytes may wait for the process to read them. */
const MAX_BACKLOG_BYTES = 2 * MAX_MESSAGE_BYTES
const MAX_CALLS = 512
/** How much longer than its limit the host waits for the answer to a stop. */
const STOP_GRACE_MS = 250
const EXIT_MS = 1_000
const HOUSEKEEPING_MS = 1_000

/**
 * The host's side of one plugin process, from its launch to its end. Nothing that the process sends
 * is trusted.
 */
export class PluginProcess {
  /** Resolves when the process has ended. */
  readonly ended: Promise<void>
  readonly #options: PluginProcessOptions
  readonly #launched: LaunchedProcess
  readonly #peer: Peer
  /** Unset in a shared process, which is watched as a whole. */
  readonly #watch: ProcessWatch | undefined
  readonly #folder: FolderWatch | undefined
  readonly #output: WatchedOutput
  readonly #housekeeping: NodeJS.Timeout
  readonly #calls: ServedCalls
  #services: ServedServices | undefined
  #chatBlock: ((chatId: number) => JsonObject | undefined) | undefined
  #onHello: () => void = () => {}
  #reason: string | undefined
  #isStarting = false
  #isStopping = false
  #isOwnFault = true
  #hasEnded = false
  /** Messages in progress, including answers that are still streaming. */
  inFlight = 0

  /**
   * Starts a process and limits its resources.
   * @throws PluginCrashError when it fails to start
   */
  static async launch(options: PluginProcessOptions): Promise<PluginProcess> {
    const launched = options.open()
    const process = new PluginProcess(options, launched)
    try {
      await withinTime(
        Promise.race([new Promise<void>((resolve) => (process.#onHello = resolve)), process.ended]),
        HELLO_SECONDS * 1_000,
      )
    } catch {
      process.kill('did not come up')
    }
    if (process.#reason === undefined && !process.#hasEnded && !launched.seat) {
      const worker = await limitMemory(launched, options.memoryMb)
      if (worker === undefined) process.kill('cannot be watched in its sandbox')
      else process.#watch?.follow(worker)
    }
    if (process.#reason === undefined && !process.#hasEnded) return process
    await process.ended
    throw process.#crash()
  }

  private constructor(options: PluginProcessOptions, launched: LaunchedProcess) {
    const { channel, output, seat } = launched
    this.#options = options
    this.#launched = launched
    this.#calls = new ServedCalls(options.plugin, (what) => this.#warn(what))
    this.#peer = new Peer(channel, {
      maxIncomingBytes: MAX_MESSAGE_BYTES,
      maxIncomingValues: MAX_MESSAGE_VALUES,
      maxOutgoingBytes: MAX_MESSAGE_BYTES,
      maxCalls: MAX_CALLS,
      onCall: (call) => this.#answer(call),
      onNote: (method, args) => this.#note(method, args),
      budget: new WorkBudget(() => this.#warn('asks for more than there is time for; it is slowed down')),
      // its answer to a ping may be among what waited
      onRested: () => this.#watch?.pong(),
      onClose: (reason) => this.#onClose(reason),
    })
    this.#output = new WatchedOutput(output, (line) => options.log('info', line))
    this.#watch = seat ? undefined : this.#createWatch(launched.pid ?? 0)
    seat?.occupy(() => this.#isStarting || this.inFlight > 0)
    this.#folder =
      options.files && new FolderWatch({ ...options.files, onViolation: (reason) => this.kill(reason) })
    this.#watch?.beginStart(HELLO_SECONDS)
    this.#housekeeping = setInterval(() => this.#keepHouse(), HOUSEKEEPING_MS).unref()
    this.ended = new Promise((resolve) => {
      launched.onEnd((end) => {
        if (!this.#hasEnded) this.#onEnd(end)
        resolve()
      })
    })
  }

  #createWatch(pid: number): ProcessWatch {
    return new ProcessWatch({
      pid,
      memoryMb: this.#options.memoryMb,
      ping: () => this.#peer.note('ping', []),
      hasUnread: () => this.#peer.backlog > 0,
      onSilence: (seconds) => this.#warn(silence(seconds, this.#isStarting)),
      onBusy: (percent) =>
        this.#warn(`keeps a processor busy: ${Math.round(percent)} % of one for the last 15 s`),
      onViolation: (reason) => this.kill(reason),
    })
  }

  /**
   * Makes a lifecycle request.
   * @throws PluginCrashError
   */
  async request(
    method: 'load' | 'configure' | 'start',
    argument: unknown,
    seconds: number,
  ): Promise<unknown> {
    // the process applies the same limit; if it stays silent beyond that, its event loop is blocked
    const late = setTimeout(() => this.kill(`was not ready within ${seconds} s`), (seconds + 1) * 1_000)
    ;(this.#watch ?? this.#launched.seat)?.beginStart(seconds)
    this.#isStarting = true
    try {
      return await this.#peer.call(method, [argument])
    } catch (error) {
      throw await this.#explain(error)
    } finally {
      this.#isStarting = false
      if (method === 'start') (this.#watch ?? this.#launched.seat)?.settle()
      clearTimeout(late)
    }
  }

  /**
   * Gives the process its services, before `start`.
   * @param chatBlock a chat's settings, for a plugin that may have some
   */
  serve(services: HostServices, chatBlock?: (chatId: number) => JsonObject | undefined): void {
    this.#chatBlock = chatBlock
    const [peer, calls] = [this.#peer, this.#calls]
    this.#services = new ServedServices(services, {
      callBack: (callback, args) => peer.call('callback', [callback, ...args]),
      runSchedule: (callback, run) => this.runScheduled(callback, run),
      offer: (text) => peer.streams.offer(text),
      knows: (subject) => calls.knows(subject),
      contextOf: (call) => calls.contextOf(call),
    })
  }

  /** Sends the list of plugins to the process. */
  setPlugins(plugins: readonly PluginSummary[]): void {
    this.#peer.note('plugins', [plugins])
  }

  /**
   * Asks the plugin something.
   * @param seconds the time limit; past it the process is killed, unless calls of this kind only
   *   stop waiting
   * @throws PluginCrashError when the process ends before the answer
   */
  ask<Kind extends CallKind>(
    kind: Kind,
    question: Question<Kind>,
    signal: AbortSignal | undefined,
    seconds: number | undefined,
  ): Promise<Answer<Kind>> {
    if (CALLS[kind].whenLate === 'leave') return this.#look(kind, question, seconds)
    const context = contextOf(kind, question)
    const id = context && this.#calls.add(context, signal)
    const limits = {
      signal,
      callSeconds: seconds,
      ...(id !== undefined && { onRelease: () => this.#calls.end(id) }),
    }
    return this.#guarded(limits, async (guard) => {
      const asked =
        context && id !== undefined
          ? { ...question, context: toContextData(context, id, this.#chatBlock?.(context.chat.id)) }
          : question
      return this.#read(kind, await this.#peer.call(kind, [asked], guard.signal), guard)
    })
  }

  /** Makes a call that does not count as work. If the plugin does not answer, it is left alone. */
  async #look<Kind extends CallKind>(
    kind: Kind,
    question: Question<Kind>,
    seconds = 1,
  ): Promise<Answer<Kind>> {
    const controller = new AbortController()
    try {
      const answer = await withinTime(this.#peer.call(kind, [question], controller.signal), seconds * 1_000)
      return this.#read(kind, answer)
    } catch (error) {
      controller.abort(error)
      throw error
    }
  }

  #read<Kind extends CallKind>(kind: Kind, answer: unknown, guard?: CallGuard): Answer<Kind> {
    const { decode, read } = ANSWERS[kind]
    const open = (stream: number): AsyncIterable<string> => {
      guard?.hold()
      return this.#peer.streams.read(stream, () => guard?.release())
    }
    return read(decode ? decode(answer, open) : answer, this.#options.plugin)
  }

  /** Runs a schedule of the plugin's code, by the number of its function. */
  async runScheduled(handler: number, { signal, ...run }: ScheduledRun): Promise<void> {
    await this.#guarded({ signal }, (guard) => this.#peer.call('run-scheduled', [handler, run], guard.signal))
  }

  async #guarded<T>(
    { signal, callSeconds, onRelease }: CallLimits,
    work: (guard: CallGuard) => Promise<T>,
  ): Promise<T> {
    if (this.#peer.backlog > MAX_BACKLOG_BYTES) this.kill('does not read what it is sent')
    this.inFlight += 1
    const guard = new CallGuard({
      signal,
      plugin: this.#options.plugin,
      callSeconds,
      onOverdue: () => {
        if (!this.#isStopping) this.kill('did not end its work within 1 s after it was told to')
      },
      onRelease: () => {
        this.inFlight -= 1
        onRelease?.()
      },
    })
    try {
      return await work(guard)
    } catch (error) {
      const explained = await this.#explain(error)
      throw guard.timeout ?? explained
    } finally {
      guard.release()
    }
  }

  /** Whether the plugin has timers that Node would wait for. A silent process has none. */
  hasTimers(): Promise<boolean> {
    return withinTime(this.#peer.call('timers', []), EXIT_MS).then(Boolean, () => false)
  }

  /** Stops the plugin and its process. @returns whether it stopped in time */
  async stop(seconds: number): Promise<boolean> {
    this.#isStopping = true
    const stopping = withinTime(this.#peer.call('stop', [seconds]), seconds * 1_000 + STOP_GRACE_MS)
    // it may hang or have ended; the rest is the same
    const isPunctual = await stopping.then((answer) => answer === true).catch(() => false)
    this.#peer.close()
    try {
      await withinTime(this.ended, EXIT_MS)
    } catch {
      this.#launched.kill()
      await this.ended
    }
    return isPunctual
  }

  /** Kills the process; `reason` follows "Plugin NAME". */
  kill(reason: string): void {
    if (this.#hasEnded) return
    this.#launched.seat?.blame()
    this.#reason ??= reason
    this.#launched.kill()
  }

  /** Answers the process, as part of the journey of the message that it works on. */
  #answer(call: IncomingCall): Promise<unknown> {
    const number = call.method === 'service' ? call.args[3] : call.args[0]
    return this.#calls.during(number, () => this.#serve(call))
  }

  #serve({ method, args, signal }: IncomingCall): Promise<unknown> {
    switch (method) {
      case 'check-syntax':
        return this.#options.checkSyntax(String(args[0]))
      case 'reply':
        return this.#calls.reply(args, this.#peer)
      case 'react':
        return this.#calls.react(args)
      case 'group-rights':
        return this.#calls.groupRights(args)
      case 'download':
        return this.#calls.download(args)
      case 'chat-block':
        return Promise.resolve(this.#chatBlock?.(Number(args[0])))
    }
    if (method !== 'service') throw new Error(`the host knows no ${method}`)
    if (!this.#services) throw new Error('the plugin has no services yet')
    return this.#services.call(args, signal)
  }

  #note(method: string, args: readonly unknown[]): void {
    if (method === 'pong') this.#watch?.pong()
    else if (method === 'hello') this.#onHello()
    else if (method === 'log') this.#services?.log(args[0], args[1], args[2])
    else if (method === 'exception') this.#services?.exception(args[0], args[1])
    else if (method === 'service') this.#services?.note(args)
    else if (method === 'effects') this.#options.onEffects(toLabels(args[0]))
    else if (method === 'fatal') {
      this.#launched.seat?.blame()
      this.#reason ??= describeFatal(String(args[0]), decodeError(args[1]), this.#options.directory)
    }
  }

  #onClose(reason: Error | undefined): void {
    if (this.#isStopping || this.#hasEnded) return
    // a process that closed its channel is useless, even if it still runs
    if (reason) this.kill(reason.message)
    else setTimeout(() => this.kill('closed the connection to its host'), 500).unref()
  }

  #onEnd({ code, signal, error }: ProcessEnd): void {
    const verdict = this.#launched.seat?.verdict()
    if (this.#reason === undefined && verdict) this.#isOwnFault = verdict.isOwnFault
    if (error) this.#reason ??= `cannot be started: ${error.message}`
    this.#reason ??= verdict?.reason ?? describeExit(code, signal, this.#output.tail)
    this.#hasEnded = true
    this.#watch?.stop()
    this.#folder?.stop()
    clearInterval(this.#housekeeping)
    this.#keepHouse()
    this.#peer.close(this.#crash())
    if (!this.#isStopping) this.#options.onCrash(this.#crash())
  }

  #keepHouse(): void {
    const dropped = this.#output.takeDropped() + (this.#services?.takeDropped() ?? 0)
    if (dropped > 0) this.#warn(`writes too much: ${dropped} lines of its log were dropped`)
    if (this.#output.isFlooding()) this.kill('floods the log')
  }

  /**
   * Finds the real cause of a failed call. The end of the process explains it better than a closed
   * connection.
   */
  async #explain(error: unknown): Promise<unknown> {
    if (!this.#peer.isClosed && this.#reason === undefined) return error
    await this.ended
    return this.#crash()
  }

  #crash(): PluginCrashError {
    const isOwnFault = this.#isOwnFault
    return new PluginCrashError(this.#options.plugin, this.#reason ?? 'ended', { isOwnFault })
  }

  #warn(what: string): void {
    this.#options.log('warn', `Plugin ${this.#options.plugin} ${what}`)
  }
}
