import { join, relative } from 'node:path'
import { checkChatTexts } from './chat-texts.ts'
import { checkFunctionLengths } from './function-lengths.ts'
import { isTest, ownerOf, readHouse, readJson } from './house.ts'
import type { House, SourceFile } from './house.ts'
import { checkLocales } from './locales.ts'
import { checkWords } from './retired-words.ts'
import { checkPhrases } from './stilted-phrases.ts'

/** What each part may import from the others; dependencies point in one direction only. */
const ARROWS: Readonly<Record<string, readonly string[]>> = {
  'packages/base': [],
  'packages/sdk': [],
  'packages/assembly': ['packages/base'],
  'packages/config': ['packages/base', 'packages/sdk'],
  'packages/services': ['packages/base', 'packages/storage', 'packages/sdk'],
  'packages/host': ['packages/base', 'packages/services', 'packages/sdk'],
  'packages/pipeline': ['packages/base', 'packages/sdk'],
  'packages/telegram': ['packages/base', 'packages/sdk'],
  'packages/ai': ['packages/base', 'packages/demo-model', 'packages/sdk'],
  'packages/demo-model': ['packages/base', 'packages/sdk'],
  'packages/mcp': ['packages/ai', 'packages/base', 'packages/sdk'],
  'packages/storage': ['packages/base', 'packages/sdk'],
  'packages/access': [
    'packages/base',
    'packages/config',
    'packages/observability',
    'packages/sdk',
    'packages/storage',
  ],
  'packages/http': ['packages/base', 'packages/sdk'],
  'packages/observability': ['packages/base', 'packages/sdk'],
  'packages/bot-api-emulator': ['packages/base'],
  'packages/plugin-kit': ['packages/base'],
  'packages/testing': [
    'packages/base',
    'packages/host',
    'packages/services',
    'packages/pipeline',
    'packages/storage',
    'packages/bot-api-emulator',
    'packages/sdk',
  ],
}
const PLUGIN_ARROWS = ['packages/base', 'packages/sdk', 'packages/plugin-kit']
/**
 * Besides what their package may import, tests may use the test kit, the emulator and the guides'
 * examples.
 */
const TEST_ARROWS = new Set([
  'packages/testing',
  'packages/bot-api-emulator',
  'docs/examples',
  'docs/reference',
])
/** The longest file allowed, in lines. */
const MOST_LINES = 400

/**
 * Checks the repository at `root` and lists each violation on one line: forbidden imports, import
 * circles (addresses of workers count), packages that are imported but not declared or declared but
 * not imported, files and functions that are too long, retired words,
 * texts for chats amid the code, stilted phrases, gaps in translations.
 */
export function findStructureProblems(root: string): string[] {
  const house = readHouse(root)
  return [
    ...wrongArrows(house.files, root),
    ...circles(house.files, root),
    ...wrongDeclarations(house),
    ...longFiles(house),
    ...checkFunctionLengths(house),
    ...checkWords(house),
    ...checkChatTexts(house),
    ...checkPhrases(house),
    ...checkLocales(root),
  ]
}

function wrongArrows(graph: ReadonlyMap<string, SourceFile>, root: string): string[] {
  return [...graph.values()].flatMap((file) => {
    const from = ownerOf(file.path, root)
    return file.imports.flatMap((target) => {
      const to = ownerOf(target, root)
      return to === from || mayImport(from, to, file.path)
        ? []
        : [`${relative(root, file.path)} imports ${to}, but ${from} may not`]
    })
  })
}

function mayImport(from: string, to: string, file: string): boolean {
  if (from.startsWith('apps/')) return true
  if (isTest(file) && TEST_ARROWS.has(to)) return true
  const allowed = from.startsWith('plugins/') ? PLUGIN_ARROWS : ARROWS[from]
  if (!allowed) throw new Error(`${from} has no line in ARROWS of scripts/structure.ts`)
  return allowed.includes(to)
}

export function circles(graph: ReadonlyMap<string, SourceFile>, root: string): string[] {
  const state = new Map<string, 'open' | 'done'>()
  const found: string[] = []
  function visit(path: string, trail: readonly string[]): void {
    if (state.get(path) === 'done') return
    if (state.get(path) === 'open') {
      const circle = [...trail.slice(trail.indexOf(path)), path].map((file) => relative(root, file))
      found.push(`import circle: ${circle.join(' → ')}`)
      return
    }
    state.set(path, 'open')
    for (const target of graph.get(path)?.imports ?? []) visit(target, [...trail, path])
    state.set(path, 'done')
  }
  for (const path of graph.keys()) visit(path, [])
  return found
}

interface Manifest {
  readonly name: string
  readonly dependencies?: Readonly<Record<string, string>>
  readonly devDependencies?: Readonly<Record<string, string>>
}

/**
 * A package must declare what its sources import. Tests may use devDependencies and whatever the
 * root declares for all packages. knip checks that nothing else is declared.
 */
function wrongDeclarations({ root, packages, files }: House): string[] {
  const shared = readJson(join(root, 'package.json')) as Manifest
  return [...packages.values()].flatMap((folder) => {
    const manifest = readJson(join(root, folder, 'package.json')) as Manifest
    const dependencies = new Set([manifest.name, ...Object.keys(manifest.dependencies ?? {})])
    const forTests = new Set([
      ...Object.keys(manifest.devDependencies ?? {}),
      ...Object.keys(shared.devDependencies ?? {}),
      '@pluggram/testing',
      '@pluggram/bot-api-emulator',
    ])
    // its pages are built before shipping, so only the build needs their imports
    const isBuilt = folder === 'apps/console'
    const own = [...files.values()].filter(({ path }) => path.startsWith(join(root, folder, '/')))
    return own.flatMap(({ path, packages: imported }) =>
      imported
        .filter((name) => !dependencies.has(name))
        .filter((name) => !(forTests.has(name) && (isBuilt || isForTests(path, folder))))
        .map(
          (name) => `${relative(root, path)} imports ${name}, but ${folder}/package.json does not declare it`,
        ),
    )
  })
}

function isForTests(file: string, folder: string): boolean {
  return (
    isTest(file) ||
    file.endsWith('.test-d.ts') ||
    file.includes(`${folder}/scripts/`) ||
    file.endsWith('.config.ts')
  )
}

function longFiles({ root, files }: House): string[] {
  return [...files.values()].flatMap(({ path, text }) => {
    const lines = text.trimEnd().split('\n').length
    return lines > MOST_LINES ? [`${relative(root, path)} has ${lines} lines, the most is ${MOST_LINES}`] : []
  })
}
