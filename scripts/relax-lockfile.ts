import { readFileSync, writeFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'

/**
 * If the Node that runs npm does not match an optional package's `engines`, npm leaves the package
 * out. Our optional packages are binaries of tools that run on the pinned Node, so that check tests
 * the wrong Node. On a system with an old one, the pages could not be built. This removes `engines`
 * of optional packages from package-lock.json. Run it after the lockfile has changed.
 */
export function relaxLockfile(text: string): string {
  const lockfile = JSON.parse(text) as { packages: Record<string, { optional?: boolean; engines?: unknown }> }
  for (const entry of Object.values(lockfile.packages)) if (entry.optional) delete entry.engines
  return `${JSON.stringify(lockfile, null, 2)}\n`
}

if (import.meta.main) {
  const file = fileURLToPath(new URL('../package-lock.json', import.meta.url))
  writeFileSync(file, relaxLockfile(readFileSync(file, 'utf8')))
}
