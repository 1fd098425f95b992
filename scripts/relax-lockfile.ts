import { readFileSync, writeFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'

/**
 * Everything that is installed runs on the pinned Node, but npm compares `engines` with the Node that
 * runs npm: on a system with an old one it leaves out optional binaries, and warns of every other
 * package. This removes `engines` of all packages from package-lock.json. Run it after the lockfile
 * has changed.
 */
export function relaxLockfile(text: string): string {
  const lockfile = JSON.parse(text) as { packages: Record<string, { engines?: unknown }> }
  for (const entry of Object.values(lockfile.packages)) delete entry.engines
  return `${JSON.stringify(lockfile, null, 2)}\n`
}

if (import.meta.main) {
  const file = fileURLToPath(new URL('../package-lock.json', import.meta.url))
  writeFileSync(file, relaxLockfile(readFileSync(file, 'utf8')))
}
