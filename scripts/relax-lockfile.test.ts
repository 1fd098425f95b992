import { readFile } from 'node:fs/promises'
import { expect, test } from 'vitest'
import { relaxLockfile } from './relax-lockfile.ts'

test('whatever Node runs npm, the lockfile installs every binary and warns of nothing (else run: node scripts/relax-lockfile.ts)', async () => {
  const text = await readFile(new URL('../package-lock.json', import.meta.url), 'utf8')
  expect(text).toBe(relaxLockfile(text))
})

test('no package keeps its engines, and nothing else is lost', () => {
  const packages = {
    a: { optional: true, engines: { node: '26' } },
    b: { engines: { node: '26' }, version: '1' },
  }
  expect(JSON.parse(relaxLockfile(JSON.stringify({ packages })))).toEqual({
    packages: { a: { optional: true }, b: { version: '1' } },
  })
})
