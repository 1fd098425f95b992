import { expect, test } from 'vitest'
import { isWithinRange } from './version-range.ts'

test.each([
  ['0.2.0', '^0.1.0', false],
  ['0.1.9', '^0.1.0', true],
  ['0.0.4', '^0.0.3', false],
  ['1.9.0', '^1.2', true],
  ['2.0.0', '^1.2', false],
  ['1.1.0', '^1.2', false],
  ['1.2.9', '~1.2.3', true],
  ['1.3.0', '~1.2.3', false],
  ['1.9.9', '~1', true],
  ['1.5.0', '1.x', true],
  ['2.0.0', '1.x', false],
  ['7.0.0', '*', true],
  ['7.0.0', '', true],
  ['2.5.0', '>=1 <3', true],
  ['3.0.0', '>= 1 < 3', false],
  ['3.0.0', '^1.0.0 || ^3.0.0', true],
  ['1.0.0', '1.0.0', true],
  ['1.0.1', '1.0.0', false],
  ['1.5.0', '<=1', true],
  ['1.5.0', '>1', false],
  ['0.1.0-beta.2', '^0.1.0', true],
  ['1.0.0', 'workspace:*', undefined],
  ['1.0.0', 'git+https://example.com/x.git', undefined],
])('%s in %s: %s', (version, range, expected) => {
  expect(isWithinRange(version, range)).toBe(expected)
})
