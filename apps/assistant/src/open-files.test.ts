import { expect, test } from 'vitest'
import { warnOfFewFiles } from './open-files.ts'

const limits = (
  files: string,
): string => `Limit                     Soft Limit           Hard Limit           Units
Max processes             15000                15000                processes
Max open files            ${files}                 ${files}                 files
`

test.each([
  ['64', ['ulimit -n 64']],
  ['1024', []],
  ['unlimited', []],
])('a limit of %s open files', (files, expected) => {
  const lines: string[] = []
  const logger = { debug() {}, info() {}, error() {}, warn: (line: string) => void lines.push(line) }
  warnOfFewFiles(logger, limits(files))
  expect(lines).toHaveLength(expected.length)
  for (const [index, part] of expected.entries()) expect(lines[index]).toContain(part)
})
