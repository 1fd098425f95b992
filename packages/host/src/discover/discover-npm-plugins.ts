import { readdir } from 'node:fs/promises'
import path from 'node:path'
import { discoverFolderPlugin } from './discover-home-plugins.ts'
import type { Findings } from './discover-home-plugins.ts'
import { readPackageFile } from './package-file.ts'
import type { PackageFile } from './package-file.ts'
import { isPluginName, pluginNameOfPackage, suggestPluginName } from './plugin-name.ts'

const KEYWORD = 'pluggram-plugin'
const NONE: Findings = { candidates: [], problems: [] }

/**
 * Finds packages in `home/node_modules` with a "pluggram" key or the keyword `pluggram-plugin` in
 * package.json.
 */
export async function discoverNpmPlugins(home: string): Promise<Findings> {
  const root = path.join(home, 'node_modules')
  const names = await listDirectory(root)
  const nested = await Promise.all(
    names.map(async (name) =>
      name.startsWith('@')
        ? (await listDirectory(path.join(root, name))).map((inner) => path.join(root, name, inner))
        : [path.join(root, name)],
    ),
  )
  const found = await Promise.all(nested.flat().map((directory) => inspectPackage(directory)))
  return {
    candidates: found.flatMap((findings) => findings.candidates),
    problems: found.flatMap((findings) => findings.problems),
  }
}

async function inspectPackage(directory: string): Promise<Findings> {
  let packageFile: PackageFile | undefined
  try {
    packageFile = await readPackageFile(directory)
  } catch {
    // ignore broken package.json files, which may belong to any dependency
    return NONE
  }
  if (packageFile === undefined) return NONE
  if (packageFile.pluggram === undefined && !packageFile.keywords?.includes(KEYWORD)) return NONE
  const packageName = packageFile.name ?? path.basename(directory)
  const declared = packageFile.pluggram?.['name']
  const name = typeof declared === 'string' ? declared : pluginNameOfPackage(packageName)
  if (isPluginName(name)) return discoverFolderPlugin(directory, { name, origin: 'npm' })
  const message = `Plugin ${packageName}: "${name}" cannot be a plugin's name (lower case letters, digits and _, starting with a letter). Its package.json needs "pluggram": { "name": "${suggestPluginName(name)}" }.`
  const file = path.join(directory, 'package.json')
  const problem = { plugin: name, severity: 'error', code: 'plugin-manifest-invalid', message, file } as const
  return { candidates: [], problems: [problem] }
}

async function listDirectory(directory: string): Promise<string[]> {
  try {
    return (await readdir(directory)).filter((name) => !name.startsWith('.')).toSorted()
  } catch {
    return []
  }
}
