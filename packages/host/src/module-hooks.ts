import { readFileSync } from 'node:fs'
import { createRequire, registerHooks } from 'node:module'
import path from 'node:path'
import { fileURLToPath, pathToFileURL } from 'node:url'
import { compileFunction } from 'node:vm'

const HOST_URL = import.meta.url
const SDK = /^@pluggram\/sdk(?:\/|$)/
const ZOD = /^zod(?:\/|$)/
const requireFromHost = createRequire(HOST_URL)

export interface ModuleHooks {
  /** Files under `directory` that were imported so far, first ones first. */
  filesUnder(directory: string): readonly string[]
  remove(): void
}

/**
 * Lets plugin files under `directories` (real paths) import `@pluggram/sdk` and `zod` without a node_modules: the sdk
 * is always the host's, zod is the plugin's own copy if it has one. Other modules of the process are left alone.
 */
export function installModuleHooks(directories: readonly string[]): ModuleHooks {
  const roots = [...new Set(directories)].map((directory) => directory + path.sep)
  const files = new Set<string>()
  const fileOf = (url: string | undefined): string | undefined => {
    const file = toPath(url)
    return file !== undefined && roots.some((root) => file.startsWith(root)) ? file : undefined
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
      const format = context.conditions.includes('require') ? undefined : formatOf(file, resolved.format)
      return format === undefined ? resolved : { ...resolved, format }
    },
  })
  return {
    filesUnder: (directory) => [...files].filter((file) => file.startsWith(directory + path.sep)),
    remove: () => hooks.deregister(),
  }
}

function toPath(url: string | undefined): string | undefined {
  if (!url?.startsWith('file:')) return undefined
  try {
    return fileURLToPath(url)
  } catch {
    // not every file: address is a path here, and an import of somebody else must not fail for that
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
 * Says that a file is an ES module where its package.json (if any) does not: Node would find out by itself, but
 * warn about every such file (MODULE_TYPELESS_PACKAGE_JSON). `undefined` leaves the choice to Node.
 */
function formatOf(file: string, known: string | null | undefined): string | undefined {
  // Node does not warn about dependencies
  if (known || file.split(path.sep).includes('node_modules')) return undefined
  const extension = path.extname(file)
  if (extension !== '.ts' && extension !== '.js') return undefined
  let source: string
  try {
    source = readFileSync(file, 'utf8')
  } catch {
    return undefined
  }
  if (extension === '.js') return parsesAsCommonJs(source) ? undefined : 'module'
  const looksLikeModule = /^\s*(?:import|export)\b/m.test(source) && !/\bmodule\.exports\b/.test(source)
  return looksLikeModule ? 'module-typescript' : undefined
}

/** The test that Node itself uses: what is no CommonJS is a module. */
function parsesAsCommonJs(source: string): boolean {
  try {
    compileFunction(source.replace(/^#!.*/, ''), ['exports', 'require', 'module', '__filename', '__dirname'])
    return true
  } catch {
    return false
  }
}
