const form = process.env['LONG']

/** Whether the long forms of the tests run: `npm run test:long` sets `LONG=1`. */
export const isLong = form === '1' || form === 'whole'

/**
 * Returns a test's input for its short form, which `npm test` runs, or for its long form.
 * A file that imports this has a long form; `vitest.config.ts` looks for it.
 */
export function long<T>(small: T, big: T): T {
  return isLong ? big : small
}

/**
 * Within a long form: returns what `npm run test:long` runs, or every case, which takes longer than the
 * gate may: `npm run test:whole` sets `LONG=whole`.
 */
export function whole<T>(less: T, all: T): T {
  return form === 'whole' ? all : less
}
