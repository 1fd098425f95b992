import { readUsage } from './proc-files.ts'
import type { ProcessUsage } from './proc-files.ts'

export interface ProcessWatchOptions {
  readonly pid: number
  readonly memoryMb: number
  /** Asks the process for a sign of life. */
  ping(): void
  /** The event loop does not answer; said once per silence. */
  onSilence(seconds: number): void
  /** It keeps a processor busy all the time, although it answers; said now and then. */
  onBusy(percent: number): void
  /** The process must end: it is over a limit. */
  onViolation(reason: string): void
}

const TICK_MS = 250
/** Silence that is worth a word. */
const SILENCE_MS = 1_000
/** Processor time spent without a sign of life, after which the event loop counts as blocked. */
const BLOCKED_CPU_SECONDS = 2
/** A process may be silent for lack of processor time; not for ever. */
const BLOCKED_WALL_MS = 10_000
/** Without /proc only the clock is there. */
const BLOCKED_WALL_WITHOUT_PROC_MS = 5_000
const STOPPED_WALL_MS = 2_000
/** When the host itself was late, the answer may be waiting to be read. */
const HOST_DELAY_MS = 500

/** A process that is busy for so long is worth a word. */
const BUSY_WINDOW_MS = 15_000
const BUSY_PERCENT = 90
const BUSY_QUIET_MS = 5 * 60_000

interface Ping {
  at: number
  readonly cpuSeconds: number | undefined
  isReported: boolean
}

/** Watches one process: signs of life, memory. */
export class ProcessWatch {
  readonly #options: ProcessWatchOptions
  readonly #timer: NodeJS.Timeout
  #ping: Ping | undefined
  #usage: ProcessUsage | undefined
  #tickedAt = performance.now()
  #window: { readonly since: number; readonly cpuSeconds: number } | undefined
  #toldBusyAt = Number.NEGATIVE_INFINITY
  #isTicking = false
  #isStopped = false

  constructor(options: ProcessWatchOptions) {
    this.#options = options
    this.#timer = setInterval(() => void this.#tick(), TICK_MS)
    this.#timer.unref()
  }

  /** The process answered. */
  pong(): void {
    this.#ping = undefined
  }

  stop(): void {
    this.#isStopped = true
    clearInterval(this.#timer)
  }

  async #tick(): Promise<void> {
    const now = performance.now()
    const delay = now - this.#tickedAt - TICK_MS
    this.#tickedAt = now
    if (this.#isTicking) return
    this.#isTicking = true
    this.#usage = await readUsage(this.#options.pid)
    this.#isTicking = false
    if (this.#isStopped) return
    if (delay > HOST_DELAY_MS && this.#ping) this.#ping.at += delay
    this.#checkMemory()
    this.#checkProcessor(now)
    this.#checkLife(now)
  }

  #checkMemory(): void {
    const megabytes = (this.#usage?.residentBytes ?? 0) / 1_048_576
    const { memoryMb, onViolation } = this.#options
    if (megabytes <= memoryMb) return
    onViolation(`used ${Math.round(megabytes)} MB of memory; ${memoryMb} MB are allowed`)
  }

  #checkProcessor(now: number): void {
    const cpuSeconds = this.#usage?.cpuSeconds
    if (cpuSeconds === undefined) return
    this.#window ??= { since: now, cpuSeconds }
    const length = now - this.#window.since
    if (length < BUSY_WINDOW_MS) return
    const percent = ((cpuSeconds - this.#window.cpuSeconds) * 100_000) / length
    this.#window = { since: now, cpuSeconds }
    if (percent < BUSY_PERCENT || now - this.#toldBusyAt < BUSY_QUIET_MS) return
    this.#toldBusyAt = now
    this.#options.onBusy(percent)
  }

  #checkLife(now: number): void {
    const ping = this.#ping
    if (!ping) {
      this.#ping = { at: now, cpuSeconds: this.#usage?.cpuSeconds, isReported: false }
      this.#options.ping()
      return
    }
    const silence = now - ping.at
    if (silence < SILENCE_MS) return
    if (!ping.isReported) {
      ping.isReported = true
      this.#options.onSilence(silence / 1_000)
    }
    if (this.#isBlocked(ping, silence)) {
      this.#options.onViolation(`blocked its event loop for ${(silence / 1_000).toFixed(1)} s`)
    }
  }

  #isBlocked(ping: Ping, silence: number): boolean {
    if (!this.#usage || ping.cpuSeconds === undefined) return silence > BLOCKED_WALL_WITHOUT_PROC_MS
    if (this.#usage.isStopped && silence > STOPPED_WALL_MS) return true
    return this.#usage.cpuSeconds - ping.cpuSeconds > BLOCKED_CPU_SECONDS || silence > BLOCKED_WALL_MS
  }
}
