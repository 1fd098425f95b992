import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs'
import { join } from 'node:path'

/** A package of an installation, without the packages inside it. */
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

/** Node itself, which an installation brings along for one platform. */
const NODE = /^node_modules\/node-(?:bin-)?(?:linux|darwin|win)-/

/** What `npm ci --omit=dev` installs besides Node's own package, the biggest first: from the lockfile and what is here. */
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

/** As `du` counts: whole blocks. Packages inside are counted by themselves. */
function bytesIn(folder: string): number {
  // another platform's is not here
  if (!existsSync(folder)) return 0
  return readdirSync(folder, { withFileTypes: true }).reduce((sum, entry) => {
    const path = join(folder, entry.name)
    if (entry.isDirectory()) return entry.name === 'node_modules' ? sum : sum + 4_096 + bytesIn(path)
    return sum + (entry.isFile() ? Math.ceil(statSync(path).size / 4_096) * 4_096 : 0)
  }, 0)
}
