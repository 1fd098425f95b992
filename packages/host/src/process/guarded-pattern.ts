import { GuardedRegExp } from '@pluggram/base'

/** Processor time for one pattern and one text. */
const LIMIT_MS = 25

/**
 * Patterns of a manifest are tested in the host, for every message. A pattern whose worst case may
 * be more than quadratic gets a time limit, so that no text can block the assistant.
 */
export function guardPatterns(patterns: readonly RegExp[]): readonly RegExp[] {
  return patterns.map((pattern) =>
    isHarmless(pattern.source) ? pattern : new GuardedRegExp(pattern, pattern.flags, { limitMs: LIMIT_MS }),
  )
}

/**
 * A cautious look at the source: no repetition of a group, no back references, no look-around, and
 * at most two unlimited repetitions. The search for the place to begin counts as one.
 */
function isHarmless(source: string): boolean {
  const bare = source.replaceAll(/\\[\s\S]/g, 'x').replaceAll(/\[[^\]]*\]/g, 'x')
  // matches nothing: plugins that take no message use it
  if (source === '(?!)') return true
  if (/\\[1-9]|\\k</.test(source) || /\(\?<?[=!]/.test(bare)) return false
  if (/\)(?:[*+]|\{\d*,)/.test(bare)) return false
  const repetitions = bare.match(/[*+]|\{\d*,\d*\}/g)?.length ?? 0
  const isAnchored = bare.startsWith('^') && !bare.includes('|')
  return repetitions + (isAnchored ? 0 : 1) <= 2
}
