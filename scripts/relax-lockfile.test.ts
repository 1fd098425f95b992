import { readFile } from 'node:fs/promises'
import { expect, test } from 'vitest'
import { relaxLockfile } from './relax-lockfile.ts'

test('the lockfile installs every binary whatever Node runs npm (else run: node scripts/relax-lockfile.ts)', async () => {
  const text = await readFile(new URL('../package-lock.json', import.meta.url), 'utf8')
  expect(text).toBe(relaxLockfile(text))
})

test('only optional packages lose their engines', () => {
  const packages = { a: { optional: true, engines: { node: '26' } }, b: { engines: { node: '26' } } }
  expect(JSON.parse(relaxLockfile(JSON.stringify({ packages })))).toEqual({
    packages: { a: { optional: true }, b: { engines: { node: '26' } } },
  })
})
