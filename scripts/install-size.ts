import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs'
import { join } from 'node:path'

/** A package of an installation, without its nested packages. */
export interface InstalledPackage {
  /** Its path below the root: `node_modules/zod`. */
  readonly path: string
  readonly megabytes: number
}

interface Lockfile {
  readonly packages: Readonly<
    Record<string, { readonly dev?: boolean; readonly devOptional?: boolean; readonly link?: boolean }>
  >
}

/** Node itself, which an installation includes for one platform. */
const NODE = /^node_modules\/node-(?:bin-)?(?:linux|darwin|win)-/

/**
 * What `npm ci --omit=dev` installs besides Node's own package, biggest first. It reads the
 * lockfile and the installed files.
 */
export function installedForUse(root: string): InstalledPackage[] {
  const { packages } = JSON.parse(readFileSync(join(root, 'package-lock.json'), 'utf8')) as Lockfile
  return Object.entries(packages)
    .filter(
      ([path, entry]) => path.startsWith('node_modules/') && !entry.link && !entry.dev && !NODE.test(path),
    )
    .map(([path]) => ({ path, megabytes: bytesIn(join(root, path)) / 1_048_576 }))
    .filter(({ megabytes }) => megabytes > 0)
    .toSorted((a, b) => b.megabytes - a.megabytes)
}

/** Counts whole blocks, like `du`. Nested packages are counted separately. */
function bytesIn(folder: string): number {
  // a package for another platform is not installed
  if (!existsSync(folder)) return 0
  return readdirSync(folder, { withFileTypes: true }).reduce((sum, entry) => {
    const path = join(folder, entry.name)
    if (entry.isDirectory()) return entry.name === 'node_modules' ? sum : sum + 4_096 + bytesIn(path)
    return sum + (entry.isFile() ? Math.ceil(statSync(path).size / 4_096) * 4_096 : 0)
  }, 0)
}
