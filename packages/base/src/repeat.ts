import { startQuietTimer } from './start-timer.ts'
import type { After } from './start-timer.ts'

export interface RepeatOptions {
  /** The delay between two runs, unless a run asks for another. Also the delay before the first. */
  readonly everyMs: number
  /** The delay after a failed run. Default `everyMs`. */
  readonly afterErrorMs?: number
  /** Called with what a run threw. What it throws itself is ignored. */
  readonly onError: (error: unknown) => void
  /** Default: a clock that cannot be set, with timers that do not keep the process alive. */
  readonly clock?: RepeatClock
}

interface RepeatClock {
  /** Milliseconds. */
  now(): number
  readonly after: After
}

const CLOCK: RepeatClock = { now: () => performance.now(), after: startQuietTimer }

/** Work that is done again and again. */
export interface Repetition {
  /** Runs the work in `milliseconds` at the latest, or right after the run in progress. */
  within(milliseconds: number): void
  /** The run in progress; it never rejects. */
  readonly running: Promise<void> | undefined
  /** Starts no further run. Resolves when the run in progress has ended. */
  stop(): Promise<void>
}

/**
 * Runs `work` again and again until it is stopped. Runs never overlap. Whatever a run throws, the
 * next one comes: only `stop` ends it.
 *
 *   waiting ──delay──▶ running ──done or failed──▶ waiting
 *
 * @param work may return the delay until its next run, in milliseconds
 */
export function repeat(
  work: () => Promise<number | void> | number | void,
  { everyMs, afterErrorMs = everyMs, onError, clock = CLOCK }: RepeatOptions,
): Repetition {
  let running: Promise<void> | undefined
  let isStopped = false
  let timer: { readonly at: number; readonly cancel: () => void } | undefined
  /** The shortest delay asked for while a run was in progress. */
  let asked = Infinity

  function within(milliseconds: number): void {
    if (isStopped) return
    if (running) {
      asked = Math.min(asked, milliseconds)
      return
    }
    const at = clock.now() + milliseconds
    if (timer && timer.at <= at) return
    timer?.cancel()
    timer = { at, cancel: clock.after(milliseconds, start) }
  }

  function start(): void {
    timer = undefined
    if (isStopped || running) return
    running = run()
  }

  async function run(): Promise<void> {
    const delay = await runOnce()
    running = undefined
    const next = Math.min(delay, asked)
    asked = Infinity
    within(next)
  }

  async function runOnce(): Promise<number> {
    try {
      return (await work()) ?? everyMs
    } catch (error) {
      try {
        onError(error)
      } catch {
        // a failed report must not end the repetition
      }
      return afterErrorMs
    }
  }

  within(everyMs)
  return {
    within,
    get running(): Promise<void> | undefined {
      return running
    },
    async stop(): Promise<void> {
      isStopped = true
      timer?.cancel()
      timer = undefined
      await running
    },
  }
}
