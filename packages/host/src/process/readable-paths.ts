import { existsSync, realpathSync } from 'node:fs'
import { readdir, realpath } from 'node:fs/promises'
import { createRequire } from 'node:module'
import path from 'node:path'
import { fileURLToPath } from 'node:url'
import type { PluginCandidate } from '../discover/plugin-candidate.ts'
import { ProblemError } from '../plugin-problem.ts'

const require = createRequire(import.meta.url)

let runtime: readonly string[] | undefined

/**
 * The parts of Pluggram that every plugin process may read: this package, the sdk, the services
 * that run there, their dependencies, and what the shipped plugins share.
 */
export function runtimePaths(): readonly string[] {
  runtime ??= [
    fileURLToPath(new URL('../../', import.meta.url)),
    ...installedFolders('@pluggram/sdk'),
    ...installedFolders('@pluggram/base'),
    ...installedFolders('@pluggram/services'),
    ...installedFolders('@pluggram/plugin-kit'),
    ...installedFolders('zod'),
    ...installedFolders('kysely'),
    ...installedFolders('intl-messageformat'),
    ...installedFolders('@formatjs/fast-memoize'),
    ...installedFolders('@formatjs/icu-messageformat-parser'),
    ...installedFolders('@formatjs/icu-skeleton-parser'),
  ].map((directory) => path.join(directory, '*'))
  return runtime
}

/** The folders of a package, by the path where it is found and by its real path. */
function installedFolders(name: string): string[] {
  const places = (require.resolve.paths(name) ?? []).map((folder) => path.join(folder, name))
  const found = places.find((place) => existsSync(place))
  return found === undefined ? [] : [...new Set([found, realpathSync(found)])]
}

/**
 * What one plugin may read. A folder plugin may read its folder, a single file itself and files
 * beside it that are not plugins; both may read the packages installed for them. The permission
 * model follows symbolic links, so links out of these places are left out or refused.
 * @param pluginPaths the files and folders of all plugins
 * @throws ProblemError when the plugin's folder contains such a link
 */
export async function readablePaths(
  candidate: PluginCandidate,
  pluginPaths: readonly string[],
): Promise<readonly string[]> {
  const { directory, entry, isSingleFile } = candidate
  const above = path.dirname(directory)
  if (!isSingleFile) {
    const around = [above, path.dirname(above)]
    await checkLinks(candidate, [directory, ...around.map((folder) => path.join(folder, 'node_modules'))])
    return [path.join(directory, '*'), ...around.flatMap((folder) => packagesIn(folder))]
  }
  const taken = new Set(pluginPaths)
  const neighbours = (await readdir(directory, { withFileTypes: true }))
    .filter((item) => item.isFile() || item.isDirectory())
    .map((item) => ({ file: path.join(directory, item.name), isDirectory: item.isDirectory() }))
    .filter(({ file }) => !taken.has(file))
  for (const { file, isDirectory } of neighbours) {
    if (isDirectory) await checkLinks({ ...candidate, directory: file }, [directory])
  }
  return [
    entry,
    ...neighbours.map(({ file, isDirectory }) => (isDirectory ? path.join(file, '*') : file)),
    ...packagesIn(above),
  ]
}

/** Refuses a folder with a link that points outside it and its packages. */
async function checkLinks(
  { name, directory, entry }: PluginCandidate,
  roots: readonly string[],
): Promise<void> {
  for (const link of await findLinks(directory)) {
    // a dangling link is harmless
    const target = await realpath(link).catch(() => directory)
    if (roots.some((root) => target === root || target.startsWith(root + path.sep))) continue
    throw new ProblemError({
      plugin: name,
      severity: 'error',
      code: 'plugin-load-failed',
      message: `Plugin ${name} is not started: its folder holds a link that leads out of it, ${link} to ${target}. Put a copy there instead, or trust the plugin: "plugin_host": { "plugins": { "${name}": { "isolation": "inline" } } } in config.json.`,
      file: entry,
    })
  }
}

/** Walks the folders itself, because a recursive `readdir` follows links. */
async function findLinks(root: string): Promise<string[]> {
  const links: string[] = []
  const open = [root]
  for (let folder = open.pop(); folder !== undefined; folder = open.pop()) {
    for (const item of await readdir(folder, { withFileTypes: true })) {
      const file = path.join(folder, item.name)
      if (item.isSymbolicLink()) links.push(file)
      else if (item.isDirectory()) open.push(file)
    }
  }
  return links
}

function packagesIn(directory: string): string[] {
  return [path.join(directory, 'node_modules', '*'), path.join(directory, 'package.json')]
}
