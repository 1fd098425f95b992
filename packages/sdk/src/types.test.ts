import { execFile } from 'node:child_process'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterEach, expect, test } from 'vitest'

const PACKAGE = fileURLToPath(new URL('..', import.meta.url))
const TSC = fileURLToPath(import.meta.resolve('typescript/package.json')).replace('package.json', 'bin/tsc')
const folders: string[] = []

afterEach(async () => {
  for (const folder of folders.splice(0)) await rm(folder, { recursive: true })
})

/** The compiler's output for a project; empty if there are no errors. */
function compile(project: string): Promise<string> {
  return new Promise((resolve) => {
    execFile(process.execPath, [TSC, '-p', project], (error, stdout, stderr) =>
      resolve(error ? stdout + stderr || error.message : stdout),
    )
  })
}

test('the contract accepts what it should, and refuses what it should', async () => {
  expect(await compile(join(PACKAGE, 'tsconfig.types.json'))).toBe('')
})

test('a wrong expectation is reported', async () => {
  // packages can be imported there, and nothing else looks at its files
  const folder = await mkdtemp(join(PACKAGE, '../../node_modules/.wrong-types-'))
  folders.push(folder)
  await writeFile(
    join(folder, 'wrong.ts'),
    `import { expectTypeOf } from 'vitest'
import type { PluginResult } from '${PACKAGE}src/index.ts'
expectTypeOf<{ success: false }>().toExtend<PluginResult>()
// @ts-expect-error -- nothing is wrong here
export const fine: PluginResult = { success: true }
`,
  )
  await writeFile(
    join(folder, 'tsconfig.json'),
    '{ "extends": "../../tsconfig.json", "files": ["wrong.ts"], "include": [] }',
  )
  const words = await compile(folder)
  expect(words).toMatch(/wrong\.ts\(3,\d+\): error/)
  expect(words).toMatch(/wrong\.ts\(4,\d+\): error TS2578/)
})
