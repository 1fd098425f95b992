import { readFileSync } from 'node:fs'
import { createRequire, registerHooks } from 'node:module'
import path from 'node:path'
import { fileURLToPath, pathToFileURL } from 'node:url'
import { compileFunction } from 'node:vm'

const HOST_URL = import.meta.url
const SDK = /^@pluggram\/sdk(?:\/|$)/
const ZOD = /^zod(?:\/|$)/
const GENERATION = 'generation'
const requireFromHost = createRequire(HOST_URL)

export interface ModuleHooks {
  /** Adds further directories. */
  add(directories: readonly string[]): void
  /** Files under `directory` that were imported so far, in order. */
  filesUnder(directory: string): readonly string[]
  remove(): void
}

/**
 * Lets plugin files under `directories` (real paths) import `@pluggram/sdk` and `zod` without a
 * node_modules. The sdk is always the host's; zod is the plugin's own copy if it has one. Other
 * modules of the process are not affected.
 * @param sources texts of files, by path, that count instead of what is on the disk
 */
export function installModuleHooks(
  directories: readonly string[],
  sources: Readonly<Record<string, string>> = {},
): ModuleHooks {
  const roots = new Set<string>()
  const add = (more: readonly string[]): void => {
    for (const directory of more) roots.add(directory + path.sep)
  }
  add(directories)
  const files = new Set<string>()
  const fileOf = (url: string | undefined): string | undefined => {
    const file = toPath(url)
    return file !== undefined && [...roots].some((root) => file.startsWith(root)) ? file : undefined
  }
  const hooks = registerHooks({
    resolve(specifier, context, nextResolve) {
      const isImporterPlugin = fileOf(context.parentURL) !== undefined
      if (isImporterPlugin && SDK.test(specifier)) return resolveFromHost(specifier, context, nextResolve)
      if (isImporterPlugin && ZOD.test(specifier)) {
        try {
          return nextResolve(specifier, context)
        } catch {
          return resolveFromHost(specifier, context, nextResolve)
        }
      }
      const resolved = nextResolve(specifier, context)
      const file = fileOf(resolved.url)
      if (file === undefined) return resolved
      files.add(file)
      if (context.conditions.includes('require')) return resolved
      const format = formatOf(file, resolved.format, sources[file])
      const url = inSameGeneration(resolved.url, file, context.parentURL)
      return format === undefined ? { ...resolved, url } : { ...resolved, url, format }
    },
    load(url, context, nextLoad) {
      const source = sources[fileOf(url) ?? '']
      if (source === undefined) return nextLoad(url, context)
      return { source, format: context.format ?? 'commonjs', shortCircuit: true }
    },
  })
  return {
    add,
    filesUnder: (directory) => [...files].filter((file) => file.startsWith(directory + path.sep)),
    remove: () => hooks.deregister(),
  }
}

/** Marks the URL of a module so that Node reads it again. */
export function generationUrl(file: string, generation: number): string {
  const url = pathToFileURL(file)
  if (generation > 0) url.searchParams.set(GENERATION, String(generation))
  return url.href
}

/** Files of its own folder that a module of a later generation imports are read again too. */
function inSameGeneration(url: string, file: string, parent: string | undefined): string {
  if (!parent?.includes(`?${GENERATION}=`) || file.split(path.sep).includes('node_modules')) return url
  return generationUrl(file, Number(new URL(parent).searchParams.get(GENERATION)))
}

function toPath(url: string | undefined): string | undefined {
  if (!url?.startsWith('file:')) return undefined
  try {
    return fileURLToPath(url)
  } catch {
    // not every file: URL is a path here, and other modules' imports must not fail for that
    return undefined
  }
}

type ResolveHook = NonNullable<Parameters<typeof registerHooks>[0]['resolve']>

/** `require` does not look at `parentURL`, so its resolution is done here. */
const resolveFromHost: ResolveHook = (specifier, context, nextResolve) =>
  context.conditions.includes('require')
    ? { url: pathToFileURL(requireFromHost.resolve(specifier)).href, shortCircuit: true }
    : nextResolve(specifier, { ...context, parentURL: HOST_URL })

/**
 * Marks a file as an ES module if its package.json does not. Node would detect that, but warn for
 * each file (MODULE_TYPELESS_PACKAGE_JSON). `undefined` leaves the choice to Node.
 */
function formatOf(
  file: string,
  known: string | null | undefined,
  accepted: string | undefined,
): string | undefined {
  // Node does not warn about dependencies
  if (known || file.split(path.sep).includes('node_modules')) return undefined
  const extension = path.extname(file)
  if (extension !== '.ts' && extension !== '.js') return undefined
  let source: string
  try {
    source = accepted ?? readFileSync(file, 'utf8')
  } catch {
    return undefined
  }
  if (extension === '.js') return parsesAsCommonJs(source) ? undefined : 'module'
  const looksLikeModule = /^\s*(?:import|export)\b/m.test(source) && !/\bmodule\.exports\b/.test(source)
  return looksLikeModule ? 'module-typescript' : undefined
}

/** The test that Node itself uses: source that does not parse as CommonJS is an ES module. */
function parsesAsCommonJs(source: string): boolean {
  try {
    compileFunction(source.replace(/^#!.*/, ''), ['exports', 'require', 'module', '__filename', '__dirname'])
    return true
  } catch {
    return false
  }
}
