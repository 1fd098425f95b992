import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { findFaults } from './find-faults.ts'

let root: string

beforeEach(async () => {
  root = await mkdtemp(join(tmpdir(), 'pluggram-faults-'))
})
afterEach(() => rm(root, { recursive: true }))

/** The code with each of its faults, and the ids of the faults. */
async function faultsOf(code: string): Promise<{ codes: string[]; ids: string[] }> {
  await writeFile(join(root, 'code.ts'), code)
  const faults = findFaults(root, 'code.ts')
  return {
    codes: faults.map(({ start, end, replacement }) => code.slice(0, start) + replacement + code.slice(end)),
    ids: faults.map(({ id }) => id),
  }
}

test('operators, conditions and constants are changed one at a time', async () => {
  expect((await faultsOf('const a = b < 2 && !c')).codes).toEqual([
    'const a = b < 2 || !c',
    'const a = b <= 2 && !c',
    'const a = b < 3 && !c',
  ])
  expect((await faultsOf('if (a) b = true')).codes).toEqual(['if (!(a)) b = true', 'if (a) b = false'])
  expect((await faultsOf('if (!a) b()')).codes).toEqual(['if (a) b()', 'if (!a) ;'])
  expect((await faultsOf('a = all.some(b)')).codes).toEqual(['a = all.every(b)'])
})

test('calls, waits, results and whole bodies are taken away', async () => {
  expect((await faultsOf('async () => { await a(); return b }')).codes).toEqual([
    'async () => {}',
    'async () => { ; return b }',
    'async () => { (a()); return b }',
    'async () => { await a(); return undefined }',
  ])
  expect((await faultsOf('() => { return true }')).codes).toEqual(['() => {}', '() => { return false }'])
})

test.each([
  "logger.info('here')",
  "this.#options.logger.warn('there')",
  'timer.unref()',
  "a = 'one ' + b",
  'const LIMIT_MS = 5',
  'a = 4_096',
  'type A = 1 | true',
])('what nobody could see is left alone: %s', async (code) => {
  expect((await faultsOf(code)).codes).toEqual([])
})

test('a fault keeps its id while other code moves, and equal lines are told apart', async () => {
  const { ids } = await faultsOf('if (a) b()\nif (a) b()')
  expect(new Set(ids).size).toBe(4)
  const later = await faultsOf('\n// more\nconst c = d\nif (a) b()\nif (a) b()')
  expect(later.ids).toEqual(ids)
  expect((await faultsOf('if (e) b()')).ids).not.toContain(ids[0])
})
