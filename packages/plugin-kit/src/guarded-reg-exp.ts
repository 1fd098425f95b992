import { TimeLimitError, withinMilliseconds } from './within-milliseconds.ts'

export interface GuardedRegExpOptions {
  /** Milliseconds that one text may take. Default 250: by the clock, and a busy machine stands still for a while. */
  readonly limitMs?: number
  /** Milliseconds since some moment. Default: the process's clock. */
  readonly now?: () => number
}

const LIMIT_MS = 250
/** After so many texts that took too long, nothing matches for a while: each of them held up everybody. */
const MAX_FAILURES = 3
const PAUSE_MS = 60_000

/**
 * A regular expression of the owner's for texts of strangers: some expressions think for hours about some texts, and nothing
 * else runs meanwhile. Whatever takes longer than the limit does not match.
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

  /** All other methods of a regular expression, and those of texts that take one, lead here. */
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
