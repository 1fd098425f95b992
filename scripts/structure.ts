import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { dirname, join, relative, resolve } from 'node:path'
import { parseSync } from 'oxc-parser'

/** What a part of the house may import of the others; arrows go one way only. */
const ARROWS: Readonly<Record<string, readonly string[]>> = {
  'packages/base': [],
  'packages/sdk': [],
  'packages/assembly': ['packages/base'],
  'packages/config': ['packages/base', 'packages/sdk'],
  'packages/services': ['packages/base', 'packages/sdk'],
  'packages/host': ['packages/base', 'packages/services', 'packages/sdk'],
  'packages/pipeline': ['packages/base', 'packages/sdk'],
  'packages/telegram': ['packages/base', 'packages/sdk'],
  'packages/ai': ['packages/base', 'packages/sdk'],
  'packages/demo-model': ['packages/base', 'packages/sdk'],
  'packages/mcp': ['packages/base', 'packages/sdk'],
  'packages/storage': ['packages/base', 'packages/sdk'],
  'packages/access': ['packages/base', 'packages/sdk'],
  'packages/http': ['packages/base', 'packages/sdk'],
  'packages/observability': ['packages/base', 'packages/sdk'],
  'packages/bot-api-emulator': ['packages/base'],
  'packages/plugin-kit': ['packages/base'],
  'packages/testing': [
    'packages/base',
    'packages/host',
    'packages/services',
    'packages/pipeline',
    'packages/bot-api-emulator',
    'packages/sdk',
  ],
}
const PLUGIN_ARROWS = ['packages/base', 'packages/sdk', 'packages/plugin-kit']
/** Tests may use the test kit, the emulator and the guides' examples besides what their package may import. */
const TEST_ARROWS = new Set([
  'packages/testing',
  'packages/bot-api-emulator',
  'docs/examples',
  'docs/reference',
])
const SOURCE = /\.(?:ts|tsx)$/
const TEST = /(?:\.test|test-[a-z-]+)\.tsx?$|__fixtures__/

interface SourceFile {
  readonly path: string
  /** Files of the house that it imports, type-only imports included. */
  readonly imports: readonly string[]
}

/** Reads the checkout at `root` and lists every wrong arrow and every import circle, a line each. */
export function findStructureProblems(root: string): string[] {
  const packages = readPackages(root)
  const files = [...packages.values()].flatMap((folder) => sourceFiles(join(root, folder)))
  const graph = new Map(files.map((file) => [file, readSource(file, packages, root)]))
  return [...wrongArrows(graph, root), ...circles(graph, root)]
}

/** Package name → folder below the root. */
function readPackages(root: string): Map<string, string> {
  const { workspaces } = readJson(join(root, 'package.json')) as { workspaces: string[] }
  const folders = workspaces.flatMap((pattern) =>
    pattern.endsWith('/*')
      ? readdirSync(join(root, pattern.slice(0, -2)), { withFileTypes: true })
          .filter((entry) => entry.isDirectory())
          .map((entry) => join(pattern.slice(0, -2), entry.name))
      : [pattern],
  )
  const present = folders.filter((folder) => existsSync(join(root, folder, 'package.json')))
  return new Map(
    present.map((folder) => [
      (readJson(join(root, folder, 'package.json')) as { name: string }).name,
      folder,
    ]),
  )
}

function sourceFiles(folder: string): string[] {
  return readdirSync(folder, { withFileTypes: true, recursive: true })
    .filter((entry) => entry.isFile() && SOURCE.test(entry.name))
    .map((entry) => join(entry.parentPath, entry.name))
    .filter((file) => !/\/(?:node_modules|dist|generated)\//.test(file))
}

function readSource(file: string, packages: ReadonlyMap<string, string>, root: string): SourceFile {
  const { module, errors } = parseSync(file, readFileSync(file, 'utf8'))
  if (errors.length > 0) throw new Error(`${file}: ${errors[0]?.message}`)
  const specifiers = [
    ...module.staticImports.map((item) => item.moduleRequest.value),
    ...module.staticExports.flatMap((item) =>
      item.entries.flatMap((entry) => entry.moduleRequest?.value ?? []),
    ),
  ]
  const imports = specifiers.flatMap((specifier) => resolveImport(specifier, file, packages, root) ?? [])
  return { path: file, imports: [...new Set(imports)] }
}

function resolveImport(
  specifier: string,
  importer: string,
  packages: ReadonlyMap<string, string>,
  root: string,
): string | undefined {
  if (specifier.startsWith('.')) return resolve(dirname(importer), specifier)
  const name = specifier.split('/').slice(0, 2).join('/')
  const folder = packages.get(name)
  if (folder === undefined) return undefined
  const { exports } = readJson(join(root, folder, 'package.json')) as { exports?: Record<string, string> }
  const entry = exports?.[`.${specifier.slice(name.length)}`]
  return entry === undefined ? join(root, folder) : resolve(root, folder, entry)
}

function wrongArrows(graph: ReadonlyMap<string, SourceFile>, root: string): string[] {
  return [...graph.values()].flatMap((file) => {
    const from = owner(file.path, root)
    return file.imports.flatMap((target) => {
      const to = owner(target, root)
      return to === from || mayImport(from, to, file.path)
        ? []
        : [`${relative(root, file.path)} imports ${to}, but ${from} may not`]
    })
  })
}

function mayImport(from: string, to: string, file: string): boolean {
  if (from.startsWith('apps/')) return true
  if (TEST.test(file) && TEST_ARROWS.has(to)) return true
  const allowed = from.startsWith('plugins/') ? PLUGIN_ARROWS : ARROWS[from]
  if (!allowed) throw new Error(`${from} has no line in ARROWS of scripts/structure.ts`)
  return allowed.includes(to)
}

/** The part of the house a file belongs to: its first two folders. */
function owner(file: string, root: string): string {
  return relative(root, file).split('/').slice(0, 2).join('/')
}

function circles(graph: ReadonlyMap<string, SourceFile>, root: string): string[] {
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

function readJson(file: string): unknown {
  return JSON.parse(readFileSync(file, 'utf8'))
}
