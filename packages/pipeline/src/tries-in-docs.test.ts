import { globSync, readFileSync } from 'node:fs'
import { expect, test } from 'vitest'
import { MAX_TRIES, MAX_TRIES_AMONG_OTHERS } from './recovery.ts'

const WORDS = ['zero', 'one', 'two', 'three', 'four', 'five', 'six', 'seven']
const root = new URL('../../../', import.meta.url)
const read = (path: string): string => readFileSync(new URL(path, root), 'utf8').replaceAll(/\s+/g, ' ')

test('wherever it is told how many ends park an update, both numbers are told', () => {
  const [alone, amongOthers] = [WORDS[MAX_TRIES], WORDS[MAX_TRIES_AMONG_OTHERS]]
  for (const page of ['docs/guides/reliability.md', 'packages/pipeline/README.md', 'ARCHITECTURE.md']) {
    expect(read(page)).toMatch(new RegExp(`\\b${alone} (?:ends|crashes)\\b`))
    expect(read(page)).toMatch(new RegExp(`\\b${amongOthers}(?: ends| crashes|, when others)`))
  }
  const pages = globSync(['README.md', 'docs/**/*.md', 'packages/*/src/**/*.ts', 'apps/*/src/**/*.ts'], {
    cwd: root,
    exclude: ['**/*.test.ts', 'docs/decisions/**'],
  })
  expect(pages.length).toBeGreaterThan(300)
  expect(pages.filter((page) => /(?:aside|parked) after \w+ tries/.test(read(page)))).toEqual([])
})
