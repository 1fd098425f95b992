import { globSync, readFileSync } from 'node:fs'
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { FINDINGS_PAGE, findingsPage } from '../scripts/generate-reference.ts'
import { FINDING_AREAS, FINDINGS, findingRow } from './finding-table.ts'
import type { FindingId } from './finding-table.ts'

test('the reference holds the table as it is (run `npm run generate -w @pluggram/observability`)', async () => {
  expect(await readFile(FINDINGS_PAGE, 'utf8')).toBe(findingsPage())
})

test('every row is found somewhere', () => {
  const root = join(import.meta.dirname, '../../..')
  const files = globSync('{apps,packages}/*/src/**/*.ts', { cwd: root })
  const code = files
    .filter((file) => !/finding-table|\.test\.ts$/.test(file))
    .map((file) => readFileSync(join(root, file), 'utf8'))
    .join('\n')
  expect(Object.keys(FINDINGS).filter((id) => !new RegExp(`['\`]${id}['\`:]`).test(code))).toEqual([])
})

test('every id begins with an area, and an id with a name has the row of its kind', () => {
  for (const id of Object.keys(FINDINGS)) expect(Object.keys(FINDING_AREAS)).toContain(id.split('.')[0])
  expect(findingRow('plugin.parked:weather')).toBe(FINDINGS['plugin.parked'])
  // @ts-expect-error an id that is not in the table does not compile
  const unknown: FindingId = 'plugin.sleepy'
  expect(findingRow(unknown)).toBeUndefined()
})
