import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { dirname, join, relative, resolve } from 'node:path'
import { parseSync } from 'oxc-parser'

const SOURCE = /\.(?:ts|tsx|js)$/
const TEST = /(?:\.test|(?:^|\/)test-[a-z-]+)\.tsx?$|__fixtures__|\/testing\//

/** A file of the repository and its references. */
export interface SourceFile {
  readonly path: string
  readonly text: string
  /**
   * Files of the repository that it imports, starts or reads as modules, including type-only
   * imports.
   */
  readonly imports: readonly string[]
  /** Packages that it imports, including our own. */
  readonly packages: readonly string[]
}

/** The checkout, read once. */
export interface House {
  readonly root: string
  /** Package name → its folder below the root. */
  readonly packages: ReadonlyMap<string, string>
  /** By absolute path. */
  readonly files: ReadonlyMap<string, SourceFile>
}

/** Reads all packages; throws if a file cannot be parsed. */
export function readHouse(root: string): House {
  const packages = readPackages(root)
  const paths = [...packages.values()].flatMap((folder) => sourceFiles(join(root, folder)))
  const files = new Map(paths.map((path) => [path, readSource(path, packages, root)]))
  return { root, packages, files }
}

/** Whether a file is a test or only serves tests. */
export function isTest(file: string): boolean {
  return TEST.test(file)
}

/** The part of the repository that a file belongs to: its first two folders. */
export function ownerOf(file: string, root: string): string {
  return relative(root, file).split('/').slice(0, 2).join('/')
}

export function readJson(file: string): unknown {
  return JSON.parse(readFileSync(file, 'utf8'))
}

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

function readSource(path: string, packages: ReadonlyMap<string, string>, root: string): SourceFile {
  const text = readFileSync(path, 'utf8')
  const specifiers = specifiersOf(path, text)
  const imports = specifiers.flatMap((specifier) => resolveImport(specifier, path, packages, root) ?? [])
  const bare = specifiers.filter((specifier) => !/^[./]|^[a-z]+:/.test(specifier)).map(packageOf)
  return { path, text, imports: [...new Set(imports)], packages: [...new Set(bare)] }
}

/** The address of a module relative to this one: a worker's, or a program's. */
const ADDRESS = /new URL\(\s*(['"])([^'"\n]+)\1,\s*import\.meta\.url\s*,?\s*\)/g
/** Modules that are resolved but not imported. */
const RESOLVED =
  /(?:\brequire(?:\.resolve)?|createRequire\(import\.meta\.url\)(?:\.resolve)?|import\.meta\.resolve)\(\s*(['"])([^'"\n]+)\1/g

/**
 * Every module that a file refers to: static and dynamic imports, re-exports, and addresses such as
 * a worker's.
 */
function specifiersOf(path: string, text: string): string[] {
  const { module, errors, comments } = parseSync(path, text)
  if (errors.length > 0) throw new Error(`${path}: ${errors[0]?.message}`)
  const isComment = (index: number): boolean =>
    comments.some(({ start, end }) => start <= index && index < end)
  const dynamic = module.dynamicImports.flatMap(({ moduleRequest: { start, end } }) => {
    const literal = /^(['"])([^'"\n]+)\1$/.exec(text.slice(start, end))?.[2]
    return literal ?? []
  })
  // tests contain programs as text
  const find = (pattern: RegExp): string[] =>
    isTest(path)
      ? []
      : [...text.matchAll(pattern)]
          .filter(({ index }) => !isComment(index))
          .map(([, , target = '']) => target)
  return [
    ...module.staticImports.map((item) => item.moduleRequest.value),
    ...module.staticExports.flatMap((item) =>
      item.entries.flatMap((entry) => entry.moduleRequest?.value ?? []),
    ),
    ...dynamic,
    // relative even without a dot
    ...find(ADDRESS).map((target) => `./${target}`),
    ...find(RESOLVED),
  ]
}

function resolveImport(
  specifier: string,
  importer: string,
  packages: ReadonlyMap<string, string>,
  root: string,
): string | undefined {
  if (specifier.startsWith('.')) {
    const file = resolve(dirname(importer), specifier)
    return SOURCE.test(file) ? file : undefined
  }
  const name = packageOf(specifier)
  const folder = packages.get(name)
  if (folder === undefined) return undefined
  const { exports } = readJson(join(root, folder, 'package.json')) as { exports?: Record<string, string> }
  const entry = exports?.[`.${specifier.slice(name.length)}`]
  return typeof entry === 'string' ? resolve(root, folder, entry) : join(root, folder)
}

function packageOf(specifier: string): string {
  return specifier.split('/', specifier.startsWith('@') ? 2 : 1).join('/')
}
