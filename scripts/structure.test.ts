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

/** A small repository in a temporary folder. */
async function house(files: Record<string, string>): Promise<string> {
  const root = await mkdtemp(join(tmpdir(), 'pluggram-house-'))
  made.push(root)
  const all = {
    'package.json': JSON.stringify({ workspaces: ['packages/*'] }),
    'packages/sdk/package.json': JSON.stringify({
      name: '@pluggram/sdk',
      exports: { '.': './src/index.ts' },
      dependencies: { '@pluggram/host': '*' },
    }),
    'packages/host/package.json': JSON.stringify({
      name: '@pluggram/host',
      exports: { '.': './src/index.ts' },
      dependencies: { '@pluggram/sdk': '*' },
      devDependencies: { 'only-tests': '1.0.0' },
    }),
    ...files,
  }
  for (const [path, text] of Object.entries(all)) {
    await mkdir(dirname(join(root, path)), { recursive: true })
    await writeFile(join(root, path), text)
  }
  return root
}

test('the house has no wrong arrow, no import circle, and nothing that is too long', () => {
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

test.each([
  ['a dynamic import', "export const load = () => import('./b.ts')"],
  ['the address of a worker', "new Worker(new URL('b.ts', import.meta.url))"],
  [
    'a program that is started',
    "spawn(process.execPath, [fileURLToPath(new URL('./b.ts', import.meta.url))])",
  ],
  ['a module that is required', "import.meta.resolve('./b.ts')"],
  ['a required module', "createRequire(import.meta.url)('./b.ts')"],
])('%s closes a circle, too', async (_what, code) => {
  const root = await house({
    'packages/sdk/src/a.ts': code,
    'packages/sdk/src/b.ts': "import type { A } from './a.ts'\nexport type B = A",
  })
  expect(findStructureProblems(root)).toEqual([
    'import circle: packages/sdk/src/a.ts → packages/sdk/src/b.ts → packages/sdk/src/a.ts',
  ])
})

test('an address in a comment is none', async () => {
  const root = await house({
    'packages/sdk/src/a.ts': "// new URL('b.ts', import.meta.url)\nexport type A = string",
    'packages/sdk/src/b.ts': "import type { A } from './a.ts'\nexport type B = A",
  })
  expect(findStructureProblems(root)).toEqual([])
})

test('a package that is imported must be declared, in a source as what the program needs', async () => {
  const root = await house({
    'packages/host/src/a.ts': "import 'left-pad/index.js'\nimport 'node:fs'\nimport 'only-tests'",
    'packages/host/src/a.test.ts': "import 'only-tests'",
  })
  expect(findStructureProblems(root)).toEqual([
    'packages/host/src/a.ts imports left-pad, but packages/host/package.json does not declare it',
    'packages/host/src/a.ts imports only-tests, but packages/host/package.json does not declare it',
  ])
})

test('a function and a file have a greatest length, tests of functions apart', async () => {
  const long = `export function far(): void {\n${'  work()\n'.repeat(79)}}\n`
  const root = await house({
    'packages/host/src/a.ts': long,
    'packages/host/src/a.test.ts': long,
    'packages/host/src/b.ts': '\n'.repeat(400) + 'export const x = 1',
  })
  expect(findStructureProblems(root)).toEqual([
    'packages/host/src/b.ts has 401 lines, the most is 400',
    'packages/host/src/a.ts:1 far: the function has 81 lines, the most is 80',
  ])
})

test('a retired word is refused, with the one to use; parts of other words are not', async () => {
  const root = await house({
    'packages/host/src/a.ts': '\n// one ctx for all\nexport const doctxt = 1',
  })
  expect(findStructureProblems(root)).toEqual(['packages/host/src/a.ts:2 says "ctx"; the word is: context'])
})

test('a sentence for a chat is refused amid the code, and a text that nobody says', async () => {
  const root = await house({
    'package.json': JSON.stringify({ workspaces: ['packages/*', 'plugins/*'] }),
    'plugins/dice/package.json': '{}',
    'plugins/dice/src/index.ts': [
      "import { TEXTS } from './texts.ts'",
      'export const roll = (name: string, logger: Logger) => [',
      "  { success: true, response: 'Which dice? Try 2d6.' },",
      "  { text: 'Undo', data: 'undo' },",
      "  new NotationError(`${name} isn't a die.`),",
      '  TEXTS.again,',
      "  logger.warn('The dice are gone'),",
      "  new Error('Dice are out of order.'),",
      "  { description: 'Rolls dice' },",
      "  query('SELECT sides FROM dice'),",
      ']',
      "const PROMPT = 'You roll dice for people.'",
    ].join('\n'),
    'plugins/dice/src/texts.ts':
      "export const TEXTS = { again: 'Roll it again', gone: 'They are gone.' } as const",
  })
  expect(findStructureProblems(root)).toEqual([
    'plugins/dice/src/index.ts:3 says "Which dice? Try 2d6." in a chat; put it into the texts.ts of its package',
    'plugins/dice/src/index.ts:4 says "Undo" in a chat; put it into the texts.ts of its package',
    `plugins/dice/src/index.ts:5 says "{} isn't a die." in a chat; put it into the texts.ts of its package`,
    'plugins/dice/src/texts.ts: nobody says TEXTS.gone; remove it',
  ])
})

test('a phrase that reads like a translation is refused in the code and in what people read', async () => {
  const root = await house({
    'packages/host/src/a.ts': '// begins anew\nexport const stands = "it stands in for another"',
    'packages/host/README.md': 'Its settings\nstand in config.json. There is no file; that is no folder.',
    'docs/decisions/a.md': 'It stands there.',
  })
  expect(findStructureProblems(root)).toEqual([
    'packages/host/src/a.ts:1 says "anew"; better: again, or restart',
    'packages/host/README.md:2 says "stand in"; better: is in, is written there',
    'packages/host/README.md:2 says "is no folder"; better: is not a …',
  ])
})

test('a translation lacks no text that another language of the plugin has', async () => {
  const root = await house({
    'package.json': JSON.stringify({ workspaces: ['packages/*', 'plugins/*'] }),
    'plugins/tea/package.json': '{}',
    'plugins/tea/src/index.ts':
      "import { TEXTS } from './texts.ts'\nexport const said = [TEXTS.ready, TEXTS.cold]",
    'plugins/tea/src/texts.ts':
      "export const TEXTS = { ready: { en: 'Tea', de: 'Tee' }, cold: { en: 'Cold', fr: 'Froid' } }",
    'plugins/shop/locales/en.json': '{ "sold": "Sold.", "open": "Open." }',
    'plugins/shop/locales/de.json': '{ "sold": "Verkauft." }',
    'plugins/other/locales/fr.json': '{ "seul": "Seul." }',
  })
  expect(findStructureProblems(root)).toEqual([
    'plugins/tea/src/texts.ts: ready has no text in "fr"',
    'plugins/tea/src/texts.ts: cold has no text in "de"',
    'plugins/shop/locales/de.json has no text "open"',
  ])
})
