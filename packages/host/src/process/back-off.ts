const FIRST_MS = 250
const LONGEST_MS = 30_000

/**
 * How long to wait before a restart: twice as long after each crash, between half and one and a
 * half times that, so that plugins that crashed together do not start together.
 * @param random a number from 0 to 1
 */
export function backOff(crashes: number, random: number): number {
  const base = Math.min(LONGEST_MS, FIRST_MS * 2 ** Math.max(0, crashes - 1))
  return Math.round(base * (0.5 + random))
}
