import { errorMessage, isPluggramError } from '@pluggram/sdk'
import type { ErrorCode } from '@pluggram/sdk'

type Fields = Readonly<Record<string, unknown>>
export type ProblemLevel = 'info' | 'warn' | 'error'

/** How often a problem that goes on is logged again, with a count. */
const AGAIN_MS = 10 * 60_000
/** Problems remembered at once; the oldest is forgotten first. */
const MAX_PROBLEMS = 200
const MAX_FIELD = 200

/**
 * The highest level of lines about these errors. Some are nobody's fault, others pass by
 * themselves. Errors that are not listed keep the level they are logged with.
 */
const HIGHEST_LEVEL: Partial<Readonly<Record<ErrorCode, ProblemLevel>>> = {
  'ai-busy': 'info',
  'ai-limit': 'info',
  'ai-filtered': 'info',
  'ai-too-long': 'info',
  'delivery-blocked': 'info',
  'ai-empty': 'warn',
  'ai-overloaded': 'warn',
  'ai-refused': 'warn',
  'ai-file-refused': 'warn',
  'ai-timeout': 'warn',
  'ai-unavailable': 'warn',
}

/** Lines that are written each time, since each is about something else that was lost or changed. */
const EACH_TIME: ReadonlySet<string> = new Set([
  'update parked',
  'a plugin could not forget a user',
  'the configuration has errors; still using the previous version',
])

/** The level of a line about a problem. */
export function problemLevel(level: 'warn' | 'error', fields: Fields | undefined): ProblemLevel {
  const err = fields?.err
  const highest = isPluggramError(err) ? HIGHEST_LEVEL[err.code] : undefined
  return highest === undefined || (highest === 'warn' && level === 'warn') ? level : highest
}

interface Known {
  readonly message: string
  readonly timer: NodeJS.Timeout
  count: number
  /** Writes the latest line, with the number of lines that it stands for. */
  write: (repeated: number) => void
}

/**
 * Writes a problem once, and while it goes on once every ten minutes with a count. Memory is
 * bounded, and an unknown problem is never held back.
 */
export class RepeatedProblems {
  readonly #known = new Map<string, Known>()

  /** @param write gets the number of lines that were held back; 0 for a new problem */
  log(key: string, message: string, write: (repeated: number) => void): void {
    if (EACH_TIME.has(message)) return write(0)
    const known = this.#known.get(key)
    if (!known) return this.#begin(key, message, write)
    // two lines about one error of a model are one problem, not two
    if (known.message !== message) return
    known.count += 1
    known.write = write
  }

  #begin(key: string, message: string, write: (repeated: number) => void): void {
    if (this.#known.size >= MAX_PROBLEMS) this.#forgetOldest()
    const timer = setInterval(() => this.#again(key), AGAIN_MS).unref()
    this.#known.set(key, { message, timer, count: 0, write })
    write(0)
  }

  #again(key: string): void {
    const known = this.#known.get(key)
    if (!known) return
    const { count } = known
    if (count === 0) return this.#forget(key, known)
    known.count = 0
    known.write(count)
  }

  #forgetOldest(): void {
    for (const [key, known] of this.#known) {
      this.#forget(key, known)
      if (known.count > 0) known.write(known.count)
      return
    }
  }

  #forget(key: string, known: Known): void {
    clearInterval(known.timer)
    this.#known.delete(key)
  }
}

/**
 * What tells one problem from another: the line, whom it is about and the error. Numbers do not:
 * they name chats, messages and amounts. A model's error is one problem, whoever logs it.
 */
export function problemKey(level: string, message: string, fields: Fields): string {
  const { err } = fields
  if (isPluggramError(err) && err.code.startsWith('ai-')) return `${err.code} ${errorMessage(err)}`
  const parts = Object.entries(fields).flatMap(([name, value]) => {
    if (value instanceof Error) return [`${name}=${value.message.slice(0, MAX_FIELD)}`]
    return typeof value === 'string' ? [`${name}=${value.slice(0, MAX_FIELD)}`] : []
  })
  return [level, message.slice(0, MAX_FIELD), ...parts.slice(0, 8)].join('\n')
}
