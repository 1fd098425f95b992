import { realpath } from 'node:fs/promises'
import { createRequire } from 'node:module'
import path from 'node:path'
import { thrownMessage } from '../error-location.ts'
import { describeLoadError } from './load-problem.ts'
import { generationUrl } from './module-hooks.ts'
import type { ModuleHooks } from './module-hooks.ts'
import type { nativeImport } from './native-import.ts'
import { readPackageFile } from '../discover/package-file.ts'
import type { PluginCandidate } from '../discover/plugin-candidate.ts'
import { pickPlugin } from './plugin-module.ts'
import type { PluginModule } from './plugin-module.ts'
import { ProblemError } from '../plugin-problem.ts'
import type { SyntaxCheck } from './syntax-check.ts'

const require = createRequire(import.meta.url)
const native = require('./native-import.ts') as { nativeImport: typeof nativeImport }

/** A plugin's code, and the static part of its manifest from package.json. */
export interface LoadedPlugin {
  readonly module: PluginModule
  readonly packageManifest: Readonly<Record<string, unknown>>
}

/**
 * The same candidate with symbolic links resolved, because Node uses real paths in errors and
 * hooks.
 */
export async function withRealPaths(candidate: PluginCandidate): Promise<PluginCandidate> {
  try {
    const entry = await realpath(candidate.entry)
    const isEntryOnTop = path.dirname(candidate.entry) === candidate.directory
    return {
      ...candidate,
      entry,
      directory: isEntryOnTop ? path.dirname(entry) : await realpath(candidate.directory),
    }
  } catch {
    // the import reports that the file is gone
    return candidate
  }
}

/**
 * Imports a plugin.
 * @param generation above 0, files are read again even if they were imported before
 * @param within applies the deadline, since a module's top-level code may wait forever
 * @throws ProblemError
 */
export async function loadPlugin(
  candidate: PluginCandidate,
  hooks: ModuleHooks,
  within: <T>(work: Promise<T>) => Promise<T>,
  check: SyntaxCheck,
  generation = 0,
): Promise<LoadedPlugin> {
  let module: unknown
  try {
    if (generation > 0) forgetRequired(candidate.directory)
    module = await within(native.nativeImport(generationUrl(candidate.entry, generation)))
  } catch (error) {
    const problem = await describeLoadError(candidate, error, hooks.filesUnder(candidate.directory), check)
    throw new ProblemError(problem, error)
  }
  try {
    return { module: pickPlugin(module), packageManifest: await readPackageManifest(candidate) }
  } catch (error) {
    throw new ProblemError({
      plugin: candidate.name,
      severity: 'error',
      code: 'plugin-load-failed',
      message: `Plugin ${candidate.name} cannot be loaded: ${thrownMessage(error)}`,
      file: candidate.entry,
    })
  }
}

/** CommonJS modules are cached by file name alone. */
function forgetRequired(directory: string): void {
  for (const file of Object.keys(require.cache)) {
    if (file.startsWith(directory + path.sep)) Reflect.deleteProperty(require.cache, file)
  }
}

async function readPackageManifest(candidate: PluginCandidate): Promise<Record<string, unknown>> {
  if (candidate.packageFile === undefined) return {}
  const packageFile = await readPackageFile(path.dirname(candidate.packageFile))
  if (packageFile === undefined) return {}
  const { version, description } = packageFile
  return {
    ...(version !== undefined && { version }),
    ...(description !== undefined && description.trim() !== '' && { description }),
    ...packageFile.pluggram,
    // an npm package declares its plugin's name here; the candidate already has it
    ...(candidate.origin === 'npm' && { name: candidate.name }),
  }
}
