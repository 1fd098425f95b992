/** Whether the long forms of the tests run: `npm run test:long` sets `LONG=1`. */
export const isLong = process.env['LONG'] === '1'

/**
 * Returns a test's input for its short form, which `npm test` runs, or for its long form.
 * A file that imports this has a long form; `vitest.config.ts` looks for it.
 */
export function long<T>(small: T, big: T): T {
  return isLong ? big : small
}
