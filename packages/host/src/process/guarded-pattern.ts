import { GuardedRegExp } from '@pluggram/base'

/** The CPU time limit for one pattern and one text. */
const LIMIT_MS = 25

/**
 * The host tests a manifest's patterns for every message. A pattern whose worst case may exceed
 * quadratic time gets a time limit, so that no text can block the assistant.
 */
export function guardPatterns(patterns: readonly RegExp[]): readonly RegExp[] {
  return patterns.map((pattern) =>
    isHarmless(pattern.source) ? pattern : new GuardedRegExp(pattern, pattern.flags, { limitMs: LIMIT_MS }),
  )
}

/**
 * A conservative check of the source: no repeated group, no back reference, no look-around, and at
 * most two unlimited repetitions. The search for the start position counts as one.
 */
function isHarmless(source: string): boolean {
  const bare = source.replaceAll(/\\[\s\S]/g, 'x').replaceAll(/\[[^\]]*\]/g, 'x')
  // matches nothing; used by plugins that handle no messages
  if (source === '(?!)') return true
  if (/\\[1-9]|\\k</.test(source) || /\(\?<?[=!]/.test(bare)) return false
  if (/\)(?:[*+]|\{\d*,)/.test(bare)) return false
  const repetitions = bare.match(/[*+]|\{\d*,\d*\}/g)?.length ?? 0
  const isAnchored = bare.startsWith('^') && !bare.includes('|')
  return repetitions + (isAnchored ? 0 : 1) <= 2
}
