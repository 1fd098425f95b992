import { existsSync, globSync, readFileSync } from 'node:fs'
import { dirname, join, normalize } from 'node:path'

/**
 * Anything that could name another file of ours: imports of every form, workers, started programs.
 */
const REFERENCE = /['"`]((?:\.{1,2}\/)?[\w./-]+\.[jt]s|@pluggram\/[\w/-]+)['"`]/g
const TEST = /\.test\.ts$/
/** Tests outside of these packages are too far away to run for a single fault. */
const SOURCES = ['packages/*/src/**/*.{ts,js}', 'apps/assistant/src/**/*.ts', 'plugins/*/src/**/*.ts']

export interface RelatedTests {
  /** In the file's own package, nearest first. */
  readonly own: readonly string[]
  /** In other packages, nearest first. */
  readonly others: readonly string[]
}

/** Reads all references between files. Returns, for a source file, the tests that reach it. */
export function createRelatedTests(root: string): (file: string) => RelatedTests {
  const packages = new Map(
    globSync('{packages,apps,plugins}/*/package.json', { cwd: root }).map((path) => {
      const { name, exports = {} } = JSON.parse(readFileSync(join(root, path), 'utf8')) as Manifest
      return [name, { folder: dirname(path), exports }]
    }),
  )
  const users = new Map<string, Set<string>>()
  for (const file of globSync(SOURCES, { cwd: root })) {
    for (const [, reference = ''] of readFileSync(join(root, file), 'utf8').matchAll(REFERENCE)) {
      const target = resolve(file, reference)
      if (target !== undefined) users.set(target, (users.get(target) ?? new Set()).add(file))
    }
  }

  function resolve(from: string, reference: string): string | undefined {
    if (!reference.startsWith('@')) return normalize(join(dirname(from), reference))
    const name = reference.split('/').slice(0, 2).join('/')
    const found = packages.get(name)
    const entry = found?.exports[`.${reference.slice(name.length)}`]
    const target = found && entry !== undefined ? normalize(join(found.folder, entry)) : undefined
    return target !== undefined && existsSync(join(root, target)) ? target : undefined
  }

  return (file) => {
    const distances = new Map([[file, 0]])
    for (const [place, distance] of distances) {
      for (const user of users.get(place) ?? []) if (!distances.has(user)) distances.set(user, distance + 1)
    }
    const tests = [...distances.keys()].filter((path) => TEST.test(path))
    return {
      own: tests.filter((path) => packageOf(path) === packageOf(file)),
      others: tests.filter((path) => packageOf(path) !== packageOf(file)),
    }
  }
}

interface Manifest {
  readonly name: string
  readonly exports?: Readonly<Record<string, string>>
}

/** The first two folders. */
export function packageOf(file: string): string {
  return file.split('/').slice(0, 2).join('/')
}
