import { readUsage } from './proc-files.ts'
import type { ProcessUsage } from './proc-files.ts'

export interface ProcessWatchOptions {
  readonly pid: number
  readonly memoryMb: number
  ping(): void
  /** Whether the process has not read yet what it was sent, so that the ping may still be on its way. */
  hasUnread(): boolean
  /** Called once per silence, when the event loop does not answer. */
  onSilence(seconds: number): void
  /** It keeps a CPU busy all the time, although it answers; called at intervals. */
  onBusy(percent: number): void
  /** The process exceeds a limit and must be stopped. */
  onViolation(reason: string): void
  /** Reads the kernel's data about the process; injected by tests. */
  readonly readUsage?: (pid: number) => ProcessUsage | undefined
}

const TICK_MS = 250
/** A silence this long is reported if the process used the CPU meanwhile. */
const SILENCE_MS = 750
const SILENCE_CPU_SECONDS = 0.1
/** A silence this long is always reported, even if the process only sleeps or waits for a CPU. */
const LONG_SILENCE_MS = 1_250
/** After this much CPU time without an answer, the event loop counts as blocked. */
const BLOCKED_CPU_SECONDS = 2
/** An idle event loop answers within this time even when it has to wait for a CPU. */
const BLOCKED_WALL_MS = 3_500
/** A busy host needs longer than that to hand over a large answer, which the ping is behind. */
const UNREAD_WALL_MS = 15_000
const STOPPED_WALL_MS = 2_000
/** The share of its start time that may pass without an answer. */
const START_SHARE = 0.4
/** If the host itself was this late, an answer may be waiting to be read. */
const HOST_DELAY_MS = 300

/** A process that is busy for this long is reported. */
const BUSY_WINDOW_MS = 15_000
const BUSY_PERCENT = 90
const BUSY_QUIET_MS = 5 * 60_000

interface Ping {
  at: number
  readonly cpuSeconds: number | undefined
  isReported: boolean
}

/**
 * Watches one process: answers to pings, memory and CPU. Limits are in wall-clock time, so that
 * they hold under any load. A tick at which the host itself was late is not judged, but the next
 * one is.
 */
export class ProcessWatch {
  readonly #options: ProcessWatchOptions
  readonly #readUsage: (pid: number) => ProcessUsage | undefined
  readonly #timer: NodeJS.Timeout
  #ping: Ping | undefined
  #usage: ProcessUsage | undefined
  #tickedAt = performance.now()
  #window: { readonly since: number; readonly cpuSeconds: number } | undefined
  #toldBusyAt = Number.NEGATIVE_INFINITY
  #isStopped = false
  #wasLate = false
  #startSeconds: number | undefined
  #pid: number

  constructor(options: ProcessWatchOptions) {
    this.#options = options
    this.#pid = options.pid
    this.#readUsage = options.readUsage ?? readUsage
    this.#timer = setInterval(() => this.#tick(), TICK_MS)
    this.#timer.unref()
  }

  pong(): void {
    this.#ping = undefined
  }

  /** Watches another process from now on, namely the one inside the sandbox. */
  follow(pid: number): void {
    this.#pid = pid
  }

  /** The plugin starts and has this long for it. Until `settle`, that deadline applies. */
  beginStart(seconds: number): void {
    this.#startSeconds = seconds
  }

  /** The plugin has started: from now on its event loop must not be blocked. */
  settle(): void {
    this.#startSeconds = undefined
    this.#ping = undefined
  }

  stop(): void {
    this.#isStopped = true
    clearInterval(this.#timer)
  }

  #tick(): void {
    const now = performance.now()
    const delay = now - this.#tickedAt - TICK_MS
    this.#tickedAt = now
    this.#usage = this.#readUsage(this.#pid)
    const isLate = delay > HOST_DELAY_MS && !this.#wasLate
    this.#wasLate = isLate
    this.#checkMemory()
    if (this.#isStopped) return
    this.#checkProcessor(now)
    if (!isLate || !this.#ping) this.#checkLife(now)
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
    const cpuSeconds =
      this.#usage && ping.cpuSeconds !== undefined ? this.#usage.cpuSeconds - ping.cpuSeconds : undefined
    if (!ping.isReported && this.#isWorthAWord(silence, cpuSeconds)) {
      ping.isReported = true
      this.#options.onSilence(silence / 1_000)
    }
    if (this.#isBlocked(silence, cpuSeconds)) {
      this.#options.onViolation(`blocked its event loop for ${(silence / 1_000).toFixed(1)} s`)
    }
  }

  #isWorthAWord(silence: number, cpuSeconds: number | undefined): boolean {
    // an import blocks the event loop for its whole duration
    const isWorking = this.#startSeconds === undefined && (cpuSeconds ?? 0) > SILENCE_CPU_SECONDS
    return silence > (isWorking ? SILENCE_MS : LONG_SILENCE_MS)
  }

  #isBlocked(silence: number, cpuSeconds: number | undefined): boolean {
    if (this.#usage?.isStopped && silence > STOPPED_WALL_MS) return true
    const start = this.#startSeconds
    if (start !== undefined) return (cpuSeconds ?? 0) > Math.max(BLOCKED_CPU_SECONDS, start * START_SHARE)
    const limit = this.#options.hasUnread() ? UNREAD_WALL_MS : BLOCKED_WALL_MS
    return silence > limit || (cpuSeconds ?? 0) > BLOCKED_CPU_SECONDS
  }
}
