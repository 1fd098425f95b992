import { readFile } from 'node:fs/promises'
import path from 'node:path'
import { expect, it } from 'vitest'
import { generatedFiles } from '../scripts/generate-reference.ts'
import { ENVIRONMENT_SETTINGS } from './environment-settings.ts'
import { createReference } from './reference.ts'
import { schemaAt } from './settings-schema.ts'

it.each(generatedFiles().map((generated) => [path.basename(generated.file), generated] as const))(
  '%s is up to date (run `npm run generate -w @pluggram/config`)',
  async (_, { file, text }) => {
    expect(await readFile(file, 'utf8')).toBe(text)
  },
)

it('explains every key and every variable', () => {
  const rows = createReference()
    .split('\n')
    .filter((line) => line.startsWith('| `') && !/^\| `(?:[a-z_]+\.json|\.env)`/.test(line))
    .map((line) => line.split(' | ').map((cell) => cell.replaceAll(/[`|]/g, '').trim()))
  const keys = rows.filter(([name = '']) => name.includes('.'))
  expect(keys.length).toBeGreaterThan(15)
  expect(
    keys.filter(([name = '', , value]) => value === '' || schemaAt(name.split('.')) === undefined),
  ).toEqual([])
  expect(rows.filter(([, meaning]) => meaning === undefined || meaning === '')).toEqual([])
  const variables = new Set(rows.map(([name]) => name))
  expect(ENVIRONMENT_SETTINGS.filter(({ name }) => !variables.has(name))).toEqual([])
})
