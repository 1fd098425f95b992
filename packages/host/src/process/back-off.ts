import { backoffDelay } from '@pluggram/base'

/** In milliseconds; the first delays are 167 to 333, the longest 22,500 to 45,000. */
const LIMITS = { minimum: 1_000 / 3, maximum: 45_000 }

/**
 * The delay before a restart. It doubles after each crash and has jitter, so that plugins that
 * crashed together do not restart together.
 * @param random a number from 0 to 1
 */
export function backOff(crashes: number, random: number): number {
  return backoffDelay(crashes, { ...LIMITS, random: () => random })
}
