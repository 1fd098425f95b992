import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { createProblem, formatProblem, limitProblems } from './config-problem.ts'
import { describeValue } from './describe-value.ts'
import { findClosest } from '@pluggram/base'
import { formatPath } from './format-path.ts'

describe('formatProblem', () => {
  const details = { path: 'http.port', expected: 'a number', got: 'null', fix: 'correct it' }

  it('shows position, key, expected, got and fix, two blanks apart', () => {
    const problem = createProblem({ at: { file: '/h/config.json', line: 3, column: 7 }, ...details })
    expect(formatProblem(problem, { home: '/h' })).toBe(
      'config.json:3:7: http.port: expected a number, but got null. Correct it.',
    )
    expect(formatProblem(problem, { home: '/other' })).toBe(
      '/h/config.json:3:7: http.port: expected a number, but got null. Correct it.',
    )
  })

  it('shows a variable without a position', () => {
    const problem = createProblem({
      at: { file: 'environment', line: 0, column: 0 },
      ...details,
      path: 'PORT',
    })
    expect(formatProblem(problem, { home: '/h' })).toBe(
      'environment: PORT: expected a number, but got null. Correct it.',
    )
  })

  it('stays on one line whatever the keys hold', () => {
    fc.assert(
      fc.property(fc.array(fc.string({ unit: 'binary' })), fc.string({ unit: 'binary' }), (path, value) => {
        const problem = createProblem({
          at: { file: '/h/config.json', line: 1, column: 1 },
          path: formatPath(path),
          expected: 'x',
          got: describeValue(value, false),
          fix: 'y',
        })
        expect(formatProblem(problem, { home: '/h' })).not.toMatch(/[\p{Cc}\p{Cf}\u2028\u2029]/u)
      }),
    )
  })
})

describe('limitProblems', () => {
  it('counts what it leaves out, and keeps an error an error', () => {
    const at = { file: '/h/config.json', line: 1, column: 1 }
    const warning = createProblem({ at, path: 'a', severity: 'warning', message: 'm', fix: 'f' })
    const error = createProblem({ at, path: 'b', message: 'm', fix: 'f' })
    expect(limitProblems([warning, error], 2)).toEqual([warning, error])
    expect(limitProblems([warning, warning, error], 1).at(-1)).toMatchObject({
      severity: 'error',
      message: '2 more problems',
    })
  })
})

describe('formatPath', () => {
  it.each([
    [['plugins', 'my_plugin', 'api_key'], 'plugins.my_plugin.api_key'],
    [['http', 'allowed_hosts', 0], 'http.allowed_hosts[0]'],
    [['plugins', 'odd name'], 'plugins["odd name"]'],
    [['a\u001b[31m', '\u202e'], '["a\\u001b[31m"]["\\u202e"]'],
    [[], ''],
  ])('%j is %s', (path, expected) => {
    expect(formatPath(path)).toBe(expected)
  })
})

describe('describeValue', () => {
  it.each([
    [undefined, false, 'nothing'],
    [null, false, 'null'],
    [70_000, false, 'the number 70000'],
    [70_000, true, 'a number (not shown)'],
    [true, false, 'the boolean true'],
    ['loud', false, 'the string "loud"'],
    ['loud', true, 'a string (not shown)'],
    ['', false, 'an empty string'],
    ['word '.repeat(20), false, 'a string of 100 characters'],
    ['sk-abcdefghijklmnop', false, 'a string (not shown)'],
    [[], false, 'an empty array'],
    [['secret'], false, 'an array of 1'],
    [{ a: 'secret' }, false, 'an object'],
  ])('%j (hidden: %s) is %s', (value, isHidden, expected) => {
    expect(describeValue(value, isHidden)).toBe(expected)
  })
})

describe('findClosest', () => {
  it.each([
    ['modle', 'model'],
    ['systemPrompt', 'system_prompt'],
    ['system-prompt', 'system_prompt'],
    ['MODEL', 'model'],
    ['zzzzzz', undefined],
    ['m'.repeat(100_000), undefined],
  ])('%.20s means %s', (word, expected) => {
    expect(findClosest(word, ['model', 'system_prompt', 'timeouts'])).toBe(expected)
  })
})
