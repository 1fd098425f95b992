import { TimeLimitError } from './time-limit.ts'
import { withinMilliseconds } from './within-milliseconds.ts'

export interface GuardedRegExpOptions {
  /** Milliseconds of processor time for one text. Default 250. */
  readonly limitMs?: number
  /** Milliseconds since some moment. Default: the process's clock. */
  readonly now?: () => number
}

const LIMIT_MS = 250
/**
 * After this many texts that took too long, nothing matches for a while: each of them blocked the
 * event loop.
 */
const MAX_FAILURES = 3
const PAUSE_MS = 60_000

/**
 * A regular expression for texts of strangers, with a time limit. Some expressions need hours for
 * some texts and block the event loop meanwhile. A text that takes longer than the limit does not
 * match.
 *
 * @example
 * new GuardedRegExp('^(a+)+$').test(`${'a'.repeat(50)}!`) // false, after a quarter of a second
 */
export class GuardedRegExp extends RegExp {
  readonly #plain: RegExp
  readonly #limitMs: number
  readonly #now: () => number
  #failures = 0
  #pausedUntil = Number.NEGATIVE_INFINITY

  /** @throws SyntaxError when it is no regular expression */
  constructor(pattern: RegExp | string, flags?: string, options: GuardedRegExpOptions = {}) {
    super(pattern, flags)
    this.#plain = new RegExp(pattern, flags)
    this.#limitMs = options.limitMs ?? LIMIT_MS
    this.#now = options.now ?? (() => performance.now())
  }

  /** `test`, and `match`, `replace` and the like of strings, all call this. */
  override exec(text: string): RegExpExecArray | null {
    if (this.#now() < this.#pausedUntil) return null
    this.#plain.lastIndex = this.lastIndex
    try {
      const found = withinMilliseconds(this.#limitMs, () => this.#plain.exec(text))
      this.lastIndex = this.#plain.lastIndex
      return found
    } catch (error) {
      if (!(error instanceof TimeLimitError)) throw error
      this.lastIndex = 0
      this.#failures += 1
      if (this.#failures < MAX_FAILURES) return null
      this.#failures = 0
      this.#pausedUntil = this.#now() + PAUSE_MS
      return null
    }
  }
}
