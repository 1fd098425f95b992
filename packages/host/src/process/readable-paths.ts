import { existsSync, realpathSync } from 'node:fs'
import { readdir } from 'node:fs/promises'
import { createRequire } from 'node:module'
import path from 'node:path'
import { fileURLToPath } from 'node:url'
import type { PluginCandidate } from '../plugin-candidate.ts'

const require = createRequire(import.meta.url)

let runtime: readonly string[] | undefined

/** What every plugin process reads of Pluggram itself: this package, the sdk, zod. */
export function runtimePaths(): readonly string[] {
  runtime ??= [
    fileURLToPath(new URL('../../', import.meta.url)),
    ...installedFolders('@pluggram/sdk'),
    ...installedFolders('zod'),
  ].map((directory) => path.join(directory, '*'))
  return runtime
}

/** Where a package is, by the path under which it is found and by its real one. */
function installedFolders(name: string): string[] {
  const places = (require.resolve.paths(name) ?? []).map((folder) => path.join(folder, name))
  const found = places.find((place) => existsSync(place))
  return found === undefined ? [] : [...new Set([found, realpathSync(found)])]
}

/**
 * What one plugin may read: a folder plugin its folder, a single file itself and its neighbours that are no plugins, and
 * both the packages installed for them.
 * @param others the other plugins that were found
 */
export async function readablePaths(
  candidate: PluginCandidate,
  others: readonly PluginCandidate[],
): Promise<readonly string[]> {
  const { directory, entry, isSingleFile } = candidate
  const above = path.dirname(directory)
  if (!isSingleFile) {
    return [path.join(directory, '*'), ...packagesAround(above), ...packagesAround(path.dirname(above))]
  }
  const taken = new Set(others.flatMap((other) => (other.isSingleFile ? [other.entry] : [other.directory])))
  const neighbours = (await readdir(directory, { withFileTypes: true }))
    .map((item) => ({ file: path.join(directory, item.name), isDirectory: item.isDirectory() }))
    .filter(({ file }) => !taken.has(file))
    .map(({ file, isDirectory }) => (isDirectory ? path.join(file, '*') : file))
  return [entry, ...neighbours, ...packagesAround(above)]
}

function packagesAround(directory: string): string[] {
  return [path.join(directory, 'node_modules', '*'), path.join(directory, 'package.json')]
}
