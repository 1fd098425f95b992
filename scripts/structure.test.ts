import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterEach, expect, test } from 'vitest'
import { findStructureProblems } from './structure.ts'

const made: string[] = []
afterEach(async () => {
  for (const folder of made.splice(0)) await rm(folder, { recursive: true })
})

/** A small house in a temporary folder. */
async function house(files: Record<string, string>): Promise<string> {
  const root = await mkdtemp(join(tmpdir(), 'pluggram-house-'))
  made.push(root)
  const all = {
    'package.json': JSON.stringify({ workspaces: ['packages/*'] }),
    'packages/sdk/package.json': JSON.stringify({
      name: '@pluggram/sdk',
      exports: { '.': './src/index.ts' },
    }),
    'packages/host/package.json': JSON.stringify({
      name: '@pluggram/host',
      exports: { '.': './src/index.ts' },
    }),
    ...files,
  }
  for (const [path, text] of Object.entries(all)) {
    await mkdir(dirname(join(root, path)), { recursive: true })
    await writeFile(join(root, path), text)
  }
  return root
}

test('the house has no wrong arrow and no import circle', () => {
  expect(findStructureProblems(fileURLToPath(new URL('..', import.meta.url)))).toEqual([])
})

test('an arrow against the direction is found, type-only imports included', async () => {
  const root = await house({
    'packages/sdk/src/index.ts': "import type { Host } from '@pluggram/host'\nexport type { Host }",
    'packages/host/src/index.ts': 'export interface Host {}',
  })
  expect(findStructureProblems(root)).toEqual([
    'packages/sdk/src/index.ts imports packages/host, but packages/sdk may not',
  ])
})

test('a circle of files is found with its way', async () => {
  const root = await house({
    'packages/sdk/src/index.ts': "export * from './a.ts'",
    'packages/sdk/src/a.ts': "import type { B } from './b.ts'\nexport type A = B",
    'packages/sdk/src/b.ts': "import type { A } from './a.ts'\nexport type B = A | string",
  })
  expect(findStructureProblems(root)).toEqual([
    'import circle: packages/sdk/src/a.ts → packages/sdk/src/b.ts → packages/sdk/src/a.ts',
  ])
})

test('a reach around a package’s door is a wrong arrow when its package is', async () => {
  const root = await house({
    'packages/sdk/src/index.ts': "import { x } from '../../host/src/inner.ts'\nexport { x }",
    'packages/host/src/inner.ts': 'export const x = 1',
  })
  expect(findStructureProblems(root)).toEqual([
    'packages/sdk/src/index.ts imports packages/host, but packages/sdk may not',
  ])
})
