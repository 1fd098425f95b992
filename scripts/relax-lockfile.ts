import { readFileSync, writeFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'

/**
 * npm leaves an optional package out when the Node that runs npm does not fit the package's `engines`. Our
 * optional packages are the binaries of tools that run on the pinned Node, so that check is about the wrong
 * Node: on a system with an old one the pages could not be built. This takes `engines` of optional packages
 * out of package-lock.json; run it after the lockfile changed.
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
