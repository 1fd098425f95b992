import { Worker } from 'node:worker_threads'
import type { Logger } from '@pluggram/sdk'
import type { ComponentHealth } from './component-health.ts'
import { inWords } from './health-sentence.ts'

/** Shorter stops are delays like others. */
const COUNTED_MS = 2_000
/** Shorter ones may come from a busy machine. The thread, too, waits this long. */
const BLOCKED_MS = 5_000
/** Code that computes uses at least this part of the time; a program that is stopped uses none. */
const COMPUTING_SHARE = 0.3
/** For how long a block is told after it ended. */
const TOLD_MS = 60_000

interface Block {
  readonly endedAt: number
  readonly ms: number
  readonly place: string | undefined
}

/**
 * Tells of an event loop that was blocked. While it is, nothing here runs: `/readyz` does not
 * answer, which probes understand, and a service manager misses the beats of its watchdog. What
 * blocks is found by a thread. It takes some 8 MB, so it only runs where something can be expected to
 * block: where the owner trusts a plugin, and once something did.
 */
export class BlockedLoop {
  readonly #logger: Logger
  readonly #cpuMs: () => number
  #cpuBefore: number
  #thread: { readonly worker: Worker; readonly beats: Int32Array } | undefined
  #place: string | undefined
  #last: Block | undefined
  #count = 0

  /** @param cpuMs processor time that this program has used */
  constructor(logger: Logger, cpuMs: () => number = usedCpuMs) {
    this.#logger = logger
    this.#cpuMs = cpuMs
    this.#cpuBefore = cpuMs()
  }

  /** How often the loop was blocked since the start. */
  get count(): number {
    return this.#count
  }

  /** Has the thread watch from now on. */
  watchClosely(): void {
    if (this.#thread) return
    const beats = new Int32Array(new SharedArrayBuffer(4))
    const worker = new Worker(new URL('blocked-loop-thread.js', import.meta.url), {
      // a report that Node writes would hold the variables of the whole process
      execArgv: ['--report-exclude-env'],
      workerData: { beats: beats.buffer, blockedMs: BLOCKED_MS },
      name: 'watchdog',
      env: {},
      resourceLimits: { maxOldGenerationSizeMb: 16, maxYoungGenerationSizeMb: 2 },
    })
    worker.unref()
    worker.on('message', (place: unknown) => {
      this.#place = typeof place === 'string' ? place : undefined
    })
    worker.on('error', (error) => {
      this.#logger.debug('the watchdog of the event loop ended', { err: error })
      this.#thread = undefined
    })
    this.#thread = { worker, beats }
  }

  /**
   * Shows the thread that the loop runs. Call it at each look.
   * @param lateMs how much too late the look came
   */
  beat(lateMs: number): void {
    if (this.#thread) Atomics.add(this.#thread.beats, 0, 1)
    const cpu = this.#cpuMs()
    const used = cpu - this.#cpuBefore
    this.#cpuBefore = cpu
    if (lateMs >= COUNTED_MS) this.#count += 1
    if (lateMs < BLOCKED_MS) return
    // what the thread found arrives after this turn
    setImmediate(() => {
      // it ran, so the machine did; on a busy one, code that computes gets little time
      const isBlock = this.#place !== undefined || used >= lateMs * COMPUTING_SHARE
      if (isBlock) this.#note(lateMs)
      else this.#notePause(lateMs)
    })
  }

  health(): ComponentHealth {
    const block = this.#last
    if (!block || performance.now() - block.endedAt > TOLD_MS) return { status: 'ok' }
    const { ms, place } = block
    const ago = inWords(performance.now() - block.endedAt)
    return {
      status: 'degraded',
      blockedMs: Math.round(ms),
      ...(place !== undefined && { place }),
      problem: {
        id: 'loop.blocked',
        headline: 'Was blocked',
        what: 'Nothing ran for a while.',
        why: `code computed for ${inWords(ms)} without a pause, ${ago} ago${place === undefined ? '' : `, in ${place}`}.`,
        fix: 'If it belongs to a plugin, let that run in a process of its own: remove its "isolation": "inline" from config.json.',
      },
    }
  }

  async close(): Promise<void> {
    const thread = this.#thread
    this.#thread = undefined
    await thread?.worker.terminate()
  }

  /** The machine slept, was paused, or had no time; or a system function took long. */
  #notePause(ms: number): void {
    const seconds = Math.round(ms / 1_000)
    this.#logger.info('this program did not run for a while, and did not compute meanwhile', { seconds })
  }

  #note(ms: number): void {
    this.watchClosely()
    this.#last = { endedAt: performance.now(), ms, place: this.#place }
    const place = this.#place === undefined ? {} : { place: this.#place }
    this.#place = undefined
    const seconds = Math.round(ms / 1_000)
    this.#logger.warn('the event loop was blocked; nothing else ran meanwhile', { seconds, ...place })
  }
}

function usedCpuMs(): number {
  const { user, system } = process.cpuUsage()
  return (user + system) / 1_000
}
