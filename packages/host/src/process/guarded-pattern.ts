import { createContext, Script } from 'node:vm'

/** A pattern may think so long about one text, in processor time. */
const LIMIT_MS = 25
/** A pattern that used less of that when its time was over was waiting for a processor. */
const FEWEST_USED_MS = LIMIT_MS / 2
/** It is waited for no longer than this at a time, whatever else the machine does. */
const LONGEST_MS = 16 * LIMIT_MS
/** A pattern that was too slow so often is not asked for a while. */
const MAX_FAILURES = 3
const PAUSE_MS = 60_000

const script = new Script('pattern.test(text)')
const sandbox: { pattern?: RegExp; text?: string } = createContext({})

/**
 * Patterns of a manifest are tested in the host, for every message. One whose worst case is more than quadratic is
 * tested with a time limit instead, so that no text can make it hold up everybody.
 */
export function guardPatterns(patterns: readonly RegExp[]): readonly RegExp[] {
  return patterns.map((pattern) => (isHarmless(pattern.source) ? pattern : new GuardedPattern(pattern)))
}

/** A pattern with a time limit; a text that takes longer does not match. */
class GuardedPattern extends RegExp {
  readonly #plain: RegExp
  #failures = 0
  #pausedUntil = Number.NEGATIVE_INFINITY

  constructor(pattern: RegExp) {
    super(pattern)
    this.#plain = new RegExp(pattern)
  }

  override test(text: string): boolean {
    if (performance.now() < this.#pausedUntil) return false
    sandbox.pattern = this.#plain
    sandbox.text = text
    const before = process.threadCpuUsage()
    // the limit of a script is one of the clock; on a machine with much else to do it may pass before the script had its turn
    for (let timeout = LIMIT_MS; timeout <= LONGEST_MS; timeout *= 2) {
      try {
        return script.runInContext(sandbox, { timeout }) === true
      } catch {
        const { user, system } = process.threadCpuUsage(before)
        if (user + system >= FEWEST_USED_MS * 1_000) break
      }
    }
    this.#failures += 1
    if (this.#failures >= MAX_FAILURES) {
      this.#failures = 0
      this.#pausedUntil = performance.now() + PAUSE_MS
    }
    return false
  }
}

/**
 * A cautious look at the source: no repetition of something that repeats or branches, no back references, no
 * look-around, and at most two unlimited repetitions, of which the search for the place to begin is one.
 */
function isHarmless(source: string): boolean {
  const bare = source.replaceAll(/\\[\s\S]/g, 'x').replaceAll(/\[[^\]]*\]/g, 'x')
  // matches nothing, and is what a plugin says that takes no message
  if (source === '(?!)') return true
  if (/\\[1-9]|\\k</.test(source) || /\(\?<?[=!]/.test(bare)) return false
  if (/\)(?:[*+]|\{\d*,)/.test(bare)) return false
  const repetitions = bare.match(/[*+]|\{\d*,\d*\}/g)?.length ?? 0
  const isAnchored = bare.startsWith('^') && !bare.includes('|')
  return repetitions + (isAnchored ? 0 : 1) <= 2
}
