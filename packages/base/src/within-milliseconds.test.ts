import { expect, test } from 'vitest'
import { TimeLimitError } from './time-limit.ts'
import { withinMilliseconds } from './within-milliseconds.ts'

test('work gives its result, or throws what it throws', () => {
  expect(withinMilliseconds(5_000, () => [1])).toEqual([1])
  expect(() =>
    withinMilliseconds(5_000, () => {
      throw new RangeError('odd')
    }),
  ).toThrow(RangeError)
})

test.each([
  [
    'a loop',
    () => {
      for (;;);
    },
  ],
  ['a regular expression', () => /^(a+)+$/.test(`${'a'.repeat(64)}!`)],
])('%s that does not end is ended, and what comes next is done', (_what, work) => {
  expect(() => withinMilliseconds(200, work as () => unknown)).toThrow(TimeLimitError)
  expect(withinMilliseconds(5_000, () => 'next')).toBe('next')
})

test('work may lead to other work with a limit', () => {
  const inner = (): string => withinMilliseconds(5_000, () => 'inner')
  expect(withinMilliseconds(5_000, () => `${inner()} ${inner()}`)).toBe('inner inner')
})
