import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { createRelatedTests } from './related-tests.ts'

let root: string

beforeEach(async () => {
  root = await mkdtemp(join(tmpdir(), 'pluggram-related-'))
})
afterEach(() => rm(root, { recursive: true }))

async function write(files: Readonly<Record<string, string>>): Promise<void> {
  for (const [path, content] of Object.entries(files)) {
    await mkdir(dirname(join(root, path)), { recursive: true })
    await writeFile(join(root, path), content)
  }
}

test('tests that reach a file are found, the nearest first, those of other packages apart', async () => {
  await write({
    'packages/a/package.json': '{ "name": "@pluggram/a", "exports": { ".": "./src/index.ts" } }',
    'packages/a/src/index.ts': `export { deep } from './deep.ts'`,
    'packages/a/src/deep.ts': '',
    'packages/a/src/user.ts': `import { deep } from './deep.ts'`,
    'packages/a/src/far.test.ts': `import './user.ts'`,
    'packages/a/src/deep.test.ts': `const file = new URL('deep.ts', import.meta.url)`,
    'packages/a/src/other.test.ts': `import './nothing.ts'`,
    'packages/b/package.json': '{ "name": "@pluggram/b" }',
    'packages/b/src/b.test.ts': `import { deep } from '@pluggram/a'`,
  })
  expect(createRelatedTests(root)('packages/a/src/deep.ts')).toEqual({
    own: ['packages/a/src/deep.test.ts', 'packages/a/src/far.test.ts'],
    others: ['packages/b/src/b.test.ts'],
  })
})
