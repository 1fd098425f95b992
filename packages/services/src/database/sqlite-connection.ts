import { spawn } from 'node:child_process'
import type { ChildProcess } from 'node:child_process'
import { existsSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { dieFirst } from '@pluggram/base'
import { DatabaseError } from '@pluggram/sdk'
import type { SqlResult } from '@pluggram/sdk'
import type { SqliteAnswer, SqliteTarget, SqliteWork } from './sqlite-work.ts'

export interface SqliteConnectionOptions extends SqliteTarget {
  /** The subject of error messages: `The tables of plugin notes`. */
  readonly label: string
  /** The process ends after this many seconds without work. Default 20. */
  readonly idleSeconds?: number
}

interface Job {
  readonly work: SqliteWork
  readonly timeoutMs: number
  resolve(results: readonly SqlResult[]): void
  reject(error: DatabaseError): void
}

const ENTRY = fileURLToPath(new URL('sqlite-process.ts', import.meta.url))
const MAX_WAITING = 1_000
const START_MS = 15_000
const HEAP_MB = 96
const MAX_MEMORY_BYTES = 1_073_741_824
/** The size limit of every file, including temporary ones. */
const MAX_FILE_BYTES = 1_073_741_824

/**
 * A SQLite file in its own process, which runs only while it is needed. Work runs one piece at a
 * time. Work that takes too long is killed with its process, and the next piece gets a new one.
 */
export class SqliteConnection {
  readonly #options: SqliteConnectionOptions
  readonly #waiting: Job[] = []
  #child: ChildProcess | undefined
  #isBusy = false
  #isClosed = false
  #idleTimer: NodeJS.Timeout | undefined

  constructor(options: SqliteConnectionOptions) {
    this.#options = options
  }

  /** @throws DatabaseError */
  run(work: SqliteWork, timeoutMs: number): Promise<readonly SqlResult[]> {
    if (this.#isClosed) return Promise.reject(this.#error('database-unavailable', 'are closed'))
    if (this.#waiting.length >= MAX_WAITING) {
      const message = `have more than ${MAX_WAITING} queries waiting. Wait for some before asking more`
      return Promise.reject(this.#error('database-limit', message, true))
    }
    return new Promise((resolve, reject) => {
      this.#waiting.push({ work, timeoutMs, resolve, reject })
      void this.#next()
    })
  }

  /** Ends the process; waiting work fails. */
  async close(): Promise<void> {
    this.#isClosed = true
    clearTimeout(this.#idleTimer)
    for (const job of this.#waiting.splice(0)) job.reject(this.#error('database-unavailable', 'are closed'))
    await endProcess(this.#child)
  }

  async #next(): Promise<void> {
    if (this.#isBusy) return
    const job = this.#waiting.shift()
    if (!job) return
    this.#isBusy = true
    clearTimeout(this.#idleTimer)
    try {
      job.resolve(await this.#do(job))
    } catch (error) {
      job.reject(
        error instanceof DatabaseError
          ? error
          : this.#error('database-unavailable', 'cannot be used now', true),
      )
    }
    this.#isBusy = false
    if (this.#waiting.length > 0) return void this.#next()
    const idleMs = (this.#options.idleSeconds ?? 20) * 1_000
    this.#idleTimer = setTimeout(() => void endProcess(this.#child), idleMs)
    this.#idleTimer.unref()
  }

  async #do({ work, timeoutMs }: Job): Promise<readonly SqlResult[]> {
    const child = this.#child ?? (await this.#start())
    return this.#ask(child, { work }, timeoutMs)
  }

  async #start(): Promise<ChildProcess> {
    const { file, isReadOnly, maxBytes } = this.#options
    const child = launch()
    this.#child = child
    child.once('exit', () => {
      if (this.#child === child) this.#child = undefined
    })
    child.once('error', () => {})
    const target: SqliteTarget = { file, isReadOnly, maxBytes }
    await this.#ask(child, { open: target }, START_MS)
    return child
  }

  /** Sends one message and waits for its answer. */
  #ask(child: ChildProcess, message: object, timeoutMs: number): Promise<readonly SqlResult[]> {
    return new Promise((resolve, reject) => {
      const settle = (end: () => void): void => {
        clearTimeout(timer)
        child.off('message', onMessage)
        child.off('exit', onExit)
        end()
      }
      const onMessage = (answer: SqliteAnswer): void => {
        settle(() => {
          if ('results' in answer) return resolve(answer.results)
          const { code, message: words } = answer.error
          if (code === 'database-unavailable') void endProcess(child)
          reject(this.#error(code, `: ${words}`))
        })
      }
      const onExit = (): void => {
        const words = 'were closed by a query that took too much memory or space'
        settle(() => reject(this.#error('database-limit', words)))
      }
      const timer = setTimeout(() => {
        const words = `took longer than ${timeoutMs / 1_000} s; the query was ended. Use an index, or ask for less`
        settle(() => {
          void endProcess(child).then(() => reject(this.#error('database-timeout', words)))
        })
      }, timeoutMs)
      child.on('message', onMessage)
      child.on('exit', onExit)
      if (child.exitCode !== null || child.signalCode !== null) return onExit()
      child.send(message, (error) => {
        if (error) settle(() => reject(this.#error('database-unavailable', 'cannot be reached', true)))
      })
    })
  }

  #error(code: DatabaseErrorCode, words: string, isRetryable = false): DatabaseError {
    const separator = words.startsWith(':') ? '' : ' '
    return new DatabaseError(code, `${this.#options.label}${separator}${words}.`, { isRetryable })
  }
}

type DatabaseErrorCode = ConstructorParameters<typeof DatabaseError>[0]

/**
 * Where supported, the kernel limits memory and file sizes, and kills the process when ours ends.
 */
function launch(): ChildProcess {
  const node = [
    process.execPath,
    '--disable-warning=ExperimentalWarning',
    '--disable-sigusr1',
    `--max-old-space-size=${HEAP_MB}`,
    '--v8-pool-size=1',
    ENTRY,
  ]
  const [command = process.execPath, ...args] = [...kernelLimits(), ...node]
  const child = spawn(command, args, {
    env: {},
    stdio: ['ignore', 'ignore', 'ignore', 'ipc'],
    serialization: 'advanced',
  })
  if (child.pid !== undefined) dieFirst(child.pid)
  return child
}

function kernelLimits(): string[] {
  if (process.platform !== 'linux') return []
  const limits = ['/usr/bin/prlimit', `--data=${MAX_MEMORY_BYTES}`, `--fsize=${MAX_FILE_BYTES}`, '--core=0']
  const ends = ['/usr/bin/setpriv', '--pdeathsig', 'KILL']
  return [limits, ends].flatMap((words) => (existsSync(words[0] ?? '') ? [...words, '--'] : []))
}

async function endProcess(child: ChildProcess | undefined): Promise<void> {
  if (!child || child.exitCode !== null || child.signalCode !== null) return
  const ended = new Promise<void>((resolve) => child.once('exit', () => resolve()))
  child.kill('SIGKILL')
  await ended
}
