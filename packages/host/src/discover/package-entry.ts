import { stat } from 'node:fs/promises'
import path from 'node:path'
import type { PackageFile } from './package-file.ts'

const CONDITIONS = new Set(['node', 'import', 'module-sync', 'require', 'default'])
const INDEX_FILES = [
  'index.ts',
  'index.js',
  'index.mts',
  'index.mjs',
  'index.cjs',
  'src/index.ts',
  'src/index.js',
]

/**
 * The file to import for a folder: `exports`, else `main`, else an index file.
 * @returns `undefined` when none of them exists.
 */
export async function findPackageEntry(
  directory: string,
  packageFile: PackageFile | undefined,
): Promise<string | undefined> {
  const declared = exportsTarget(packageFile?.exports) ?? packageFile?.main
  const candidates =
    declared === undefined
      ? INDEX_FILES
      : [declared, `${declared}.js`, path.join(declared, 'index.js'), ...INDEX_FILES]
  for (const candidate of candidates) {
    const file = path.join(directory, candidate)
    if (await isFile(file)) return file
  }
  return undefined
}

/** The target of "." in `exports`, under the first condition that Node would use. */
function exportsTarget(exported: unknown): string | undefined {
  if (typeof exported === 'string') return exported
  if (Array.isArray(exported)) return firstTarget(exported)
  if (typeof exported !== 'object' || exported === null) return undefined
  const entries = Object.entries(exported)
  const main = entries.find(([key]) => key === '.')
  if (main) return exportsTarget(main[1])
  return firstTarget(entries.filter(([key]) => CONDITIONS.has(key)).map(([, target]) => target))
}

function firstTarget(targets: readonly unknown[]): string | undefined {
  return targets.map((target) => exportsTarget(target)).find((target) => target !== undefined)
}

async function isFile(file: string): Promise<boolean> {
  try {
    return (await stat(file)).isFile()
  } catch {
    return false
  }
}
