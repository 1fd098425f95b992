import type { SQLInputValue } from 'node:sqlite'
import { Worker } from 'node:worker_threads'
import { errorMessage } from '@pluggram/sdk'
import type { GroupOutcome, NewStatement, StatementCall, StatementOutcome } from './write-protocol.ts'
import type { WriteGroup, WriterOptions } from './write-protocol.ts'

/** What may become pointless travels with others, or after that long. */
const LATER_MS = 1

/** Calls that are named when they are made: what made them pointless meanwhile is left out. */
type LateCalls = () => readonly StatementCall[]

interface Write {
  readonly calls: LateCalls
  /** How many calls it made, once it is on its way. */
  count: number
  readonly resolve: (outcomes: readonly StatementOutcome[]) => void
  readonly reject: (error: Error) => void
}

/** A prepared statement of a `WriteQueue`: give it values, and it is a call. */
export type PreparedWrite = (...values: SQLInputValue[]) => StatementCall

/**
 * Groups writes into common transactions, which a thread of their own makes: a commit costs a write to the disk, and
 * one is enough for all that came in while the last one was made.
 *
 *   write ──▶ waiting ──the thread is free──▶ BEGIN, every statement, COMMIT ──▶ all promises resolve
 *                                                └─ an error: ROLLBACK, all promises reject
 *
 * Writes of a group are all done or none is; nobody hears of success before the commit. `writeLight` and `writeLater` are
 * for notes that save work but lose nothing: they survive the end of the program, not a power loss, since their commit
 * does not wait for the disk. A group waits when one of its writes must.
 */
export class WriteQueue {
  readonly #options: WriterOptions
  readonly #statements: string[] = []
  #worker: Worker | undefined
  /** Statements that the thread knows. */
  #told = 0
  #waiting: Write[] = []
  #underWay: readonly Write[] = []
  #mustWait = false
  /** One that waits should be written as soon as it can be. */
  #isUrgent = false
  #isDue = false
  #laterTimer: NodeJS.Timeout | undefined
  #failure: string | undefined

  constructor(options: WriterOptions) {
    this.#options = options
  }

  /** Why the last transaction failed; `undefined` when it did not. */
  get failure(): string | undefined {
    return this.#failure
  }

  prepare(sql: string): PreparedWrite {
    const number = this.#statements.push(sql) - 1
    return (...values) => [number, values.length, ...values]
  }

  /** Makes the calls in the next transaction, and waits until the disk has it. */
  write(calls: readonly StatementCall[]): Promise<readonly StatementOutcome[]> {
    this.#mustWait = true
    return this.writeLight(calls)
  }

  /** Makes the calls in the next transaction; a power loss may undo it, the end of the program does not. */
  writeLight(calls: readonly StatementCall[]): Promise<readonly StatementOutcome[]> {
    this.#isUrgent = true
    return this.writeLater(() => calls)
  }

  /** The same for calls that may become pointless: they wait for a moment, and are named when they are made. */
  writeLater(calls: LateCalls): Promise<readonly StatementOutcome[]> {
    return new Promise((resolve, reject) => {
      this.#waiting.push({ calls, count: 0, resolve, reject })
      this.#schedule()
    })
  }

  /** Ends the thread after all that waits is written. */
  async close(): Promise<void> {
    while (this.#waiting.length > 0 || this.#underWay.length > 0) await this.writeLight([]).catch(() => {})
    const worker = this.#worker
    if (!worker) return
    this.#worker = undefined
    const ended = new Promise((resolve) => worker.once('exit', resolve))
    worker.postMessage('close')
    await ended
  }

  /** What comes in during one turn of the event loop travels together, and all that comes in during a commit. */
  #schedule(): void {
    if (this.#underWay.length > 0) return
    if (!this.#isUrgent) {
      this.#laterTimer ??= setTimeout(() => this.#send(), LATER_MS)
      return
    }
    if (this.#isDue) return
    this.#isDue = true
    setImmediate(() => {
      this.#isDue = false
      this.#send()
    })
  }

  /** Sends all that waits. Only one group is under way, and never an empty one: the next answer is that group's. */
  #send(): void {
    clearTimeout(this.#laterTimer)
    this.#laterTimer = undefined
    if (this.#underWay.length > 0 || this.#waiting.length === 0) return
    const worker = (this.#worker ??= this.#start())
    const calls: SQLInputValue[] = []
    this.#underWay = this.#waiting
    this.#waiting = []
    for (const write of this.#underWay) {
      const made = write.calls()
      write.count = made.length
      for (const call of made) calls.push(...call)
    }
    const group: WriteGroup = { mustWait: this.#mustWait, statements: this.#untold(), calls }
    this.#mustWait = false
    this.#isUrgent = false
    worker.postMessage(group)
  }

  #untold(): NewStatement[] {
    const untold = this.#statements
      .slice(this.#told)
      .map((sql, index) => ({ number: this.#told + index, sql }))
    this.#told = this.#statements.length
    return untold
  }

  #start(): Worker {
    this.#told = 0
    const worker = new Worker(new URL('writer.ts', import.meta.url), {
      workerData: this.#options,
      name: 'storage',
      env: {},
    })
    worker.on('message', (outcome: GroupOutcome) => this.#settle(outcome))
    let reason = 'the writing thread ended'
    worker.on('error', (error: unknown) => (reason = errorMessage(error)))
    worker.on('exit', () => {
      if (this.#worker !== worker) return
      // the next write starts it anew
      this.#worker = undefined
      if (this.#underWay.length > 0) this.#settle({ error: reason })
    })
    return worker
  }

  #settle(outcome: GroupOutcome): void {
    const writes = this.#underWay
    this.#underWay = []
    if (this.#waiting.length > 0) this.#schedule()
    if ('error' in outcome) {
      this.#failure = outcome.error
      for (const write of writes) write.reject(new Error(outcome.error))
      return
    }
    this.#failure = undefined
    let from = 0
    for (const { count, resolve } of writes) {
      resolve(outcome.outcomes.slice(from, from + count))
      from += count
    }
  }
}
