import { readdir, stat } from 'node:fs/promises'
import path from 'node:path'
import { errorMessage } from '@pluggram/sdk'
import { findPackageEntry } from './package-entry.ts'
import { localText } from '../start/manifest-schema.ts'
import { readPackageFile } from './package-file.ts'
import type { PluginCandidate } from './plugin-candidate.ts'
import { isPluginName, suggestPluginName } from './plugin-name.ts'
import type { PluginProblem } from '../plugin-problem.ts'

/** The plugins and problems found in one place. */
export interface Findings {
  readonly candidates: readonly PluginCandidate[]
  readonly problems: readonly PluginProblem[]
}

const NOTHING: Findings = { candidates: [], problems: [] }
const PLUGIN_FILE = /^(?<name>[^._].*)\.(?:ts|mts|js|mjs|cjs)$/
const NO_PLUGIN = /(?:\.d\.[cm]?ts|\.(?:test|spec)\.[cm]?[jt]s)$/

/** Finds the files and folders in `home/plugins`, which need not exist. */
export async function discoverHomePlugins(home: string): Promise<Findings> {
  const directory = path.join(home, 'plugins')
  let names: string[]
  try {
    names = await readdir(directory)
  } catch {
    return NOTHING
  }
  const found = await Promise.all(names.toSorted().map((name) => inspect(directory, name)))
  return {
    candidates: found.flatMap((findings) => findings.candidates),
    problems: found.flatMap((findings) => findings.problems),
  }
}

async function inspect(directory: string, fileName: string): Promise<Findings> {
  if (/^[._]/.test(fileName) || fileName === 'node_modules') return NOTHING
  const file = path.join(directory, fileName)
  let isDirectory: boolean
  try {
    isDirectory = (await stat(file)).isDirectory()
  } catch {
    return NOTHING
  }
  if (isDirectory) return discoverFolderPlugin(file, { name: fileName, origin: 'home' })
  const name = PLUGIN_FILE.exec(fileName)?.groups?.['name']
  if (name === undefined || NO_PLUGIN.test(fileName)) return NOTHING
  if (!isPluginName(name)) return { candidates: [], problems: [badName(name, file)] }
  return { candidates: [{ name, entry: file, origin: 'home', directory, isSingleFile: true }], problems: [] }
}

/**
 * Checks one folder. Without a package.json it counts only if it has an index file and a valid
 * name, since it might hold helpers of other plugins.
 */
export async function discoverFolderPlugin(
  directory: string,
  { name, origin }: Pick<PluginCandidate, 'name' | 'origin'>,
): Promise<Findings> {
  const packagePath = path.join(directory, 'package.json')
  let packageFile
  try {
    packageFile = await readPackageFile(directory)
  } catch (error) {
    const message = `Plugin ${name}: its package.json cannot be used (${errorMessage(error)}). Correct that file.`
    return { candidates: [], problems: [loadProblem(name, packagePath, message)] }
  }
  const entry = await findPackageEntry(directory, packageFile)
  if (packageFile === undefined && (entry === undefined || !isPluginName(name))) return NOTHING
  if (!isPluginName(name)) return { candidates: [], problems: [badName(name, directory)] }
  if (entry === undefined) {
    const message = `Plugin ${name}: no file to start. Let "exports" or "main" in its package.json name one, or add index.ts or src/index.ts.`
    return { candidates: [], problems: [loadProblem(name, packagePath, message)] }
  }
  // one that cannot be used is reported when the plugin starts
  const title = localText.safeParse(packageFile?.pluggram?.['title']).data
  const candidate = {
    name,
    entry,
    origin,
    directory,
    ...(packageFile && { packageFile: packagePath }),
    ...(title !== undefined && { title }),
  }
  return { candidates: [candidate], problems: [] }
}

function loadProblem(plugin: string, file: string, message: string): PluginProblem {
  return { plugin, severity: 'error', code: 'plugin-load-failed', message, file }
}

/** The problem for a name that cannot be a configuration key. */
function badName(name: string, file: string): PluginProblem {
  const fileName = path.basename(file)
  const extension = fileName.slice(name.length)
  const better = `${suggestPluginName(name)}${fileName.startsWith(name) ? extension : ''}`
  return {
    plugin: name,
    severity: 'error',
    code: 'plugin-manifest-invalid',
    message: `Plugin ${name}: a plugin's name has lower case letters, digits and _ only, and starts with a letter. Rename ${fileName} to ${better}.`,
    file,
  }
}
