import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { isBuiltin } from 'node:module'
import path from 'node:path'
import { findClosest, TimeLimitError } from '@pluggram/base'
import {
  isThrown,
  locateError,
  locateImport,
  syntaxLocation,
  thrownMessage,
  thrownText,
} from '../error-location.ts'
import type { Location } from '../error-location.ts'
import type { PluginCandidate } from '../discover/plugin-candidate.ts'
import type { PluginProblem } from '../plugin-problem.ts'
import { explainDenied } from '../process/denied.ts'
import { isPathAlias } from './path-alias.ts'
import type { SyntaxCheck } from './syntax-check.ts'

/**
 * Describes, for a plugin's author, why its `import()` failed.
 * @param files the plugin's files that Node read, to find the one with the syntax error
 * @param check looks for a syntax error in a file; a plugin process may not do that itself
 */
export async function describeLoadError(
  candidate: PluginCandidate,
  error: unknown,
  files: readonly string[],
  check: SyntaxCheck,
): Promise<PluginProblem> {
  const location =
    locateError(error, candidate.directory) ??
    locateImport(error, candidate.directory) ??
    (await findSyntaxError(candidate, error, files, check))
  return {
    plugin: candidate.name,
    severity: 'error',
    code: 'plugin-load-failed',
    message: `Plugin ${candidate.name} cannot be loaded: ${isDecorator(error, location) ? DECORATOR : explain(candidate, error)}`,
    file: candidate.entry,
    ...location,
  }
}

const DECORATOR =
  'decorators are not supported: Node runs TypeScript by leaving the types out. Call the function yourself instead of writing @ before the class or its member.'

function isDecorator(error: unknown, location: Location | undefined): boolean {
  if (!location || !isSyntaxError(error)) return false
  try {
    const line = readFileSync(location.file, 'utf8').split('\n')[location.line - 1]
    return line?.trimStart().startsWith('@') === true
  } catch {
    return false
  }
}

function explain(candidate: PluginCandidate, error: unknown): string {
  const message = thrownMessage(error)
  switch (thrownText(error, 'code')) {
    case 'ERR_UNSUPPORTED_TYPESCRIPT_SYNTAX':
      return `${message}. Node runs TypeScript by leaving the types out, so write it without enum, namespace and parameter properties: an object "as const" instead of an enum, an assignment in the constructor instead of "constructor(private x)".`
    case 'ERR_INVALID_TYPESCRIPT_SYNTAX':
      return `syntax error: ${message}. Correct the file.`
    case 'ERR_UNSUPPORTED_NODE_MODULES_TYPE_STRIPPING':
      return 'it is TypeScript inside node_modules, which Node does not run. The package must contain compiled JavaScript.'
    case 'ERR_IMPORT_ATTRIBUTE_MISSING':
      return `a JSON file is imported without its type. Write: import data from './data.json' with { type: 'json' }`
    case 'ERR_MODULE_NOT_FOUND':
    case 'MODULE_NOT_FOUND':
      return explainMissingModule(candidate, message)
    case 'ERR_INVALID_MODULE_SPECIFIER': {
      const name = /Invalid module "([^"]+)" is not a valid package name/.exec(message)?.[1]
      if (name !== undefined && isPathAlias(name, candidate.directory)) return aliasOf(name)
      return explainOther(error, message)
    }
    case 'ERR_PACKAGE_IMPORT_NOT_DEFINED': {
      const name = /"(#[^"]+)"/.exec(message)?.[1] ?? 'an import with #'
      return `${name} is not in "imports" of package.json. Add it there, for example "imports": { "#lib/*": "./lib/*" }, or import the file by its path.`
    }
    case 'ERR_PACKAGE_PATH_NOT_EXPORTED':
      return `${refusedDoor(message)} is nothing that the package offers. Correct the import.`
    default:
      return explainOther(error, message)
  }
}

function explainMissingModule(candidate: PluginCandidate, message: string): string {
  const wanted = /'(?<wanted>[^']+)'/.exec(message)?.groups?.['wanted'] ?? 'a module'
  if (wanted.startsWith('.') || path.isAbsolute(wanted)) {
    const file = path.resolve(candidate.directory, wanted)
    return `the file ${path.relative(candidate.directory, file)} does not exist.${missingFileHint(file)} Correct the import.`
  }
  const name = wanted.split('/', wanted.startsWith('@') ? 2 : 1).join('/')
  if (/^@?pluggram(?:$|[/-])/.test(name)) {
    return `there is no package ${name}. Did you mean @pluggram/sdk? Plugins import everything of Pluggram from it.`
  }
  if (isBuiltin(name)) return `Node has no module ${wanted}. Correct the import.`
  if (isPathAlias(name, candidate.directory)) {
    return aliasOf(wanted)
  }
  const step =
    candidate.packageFile === undefined
      ? `A single file has no dependencies of its own: make ${candidate.name} a folder with a package.json, and run "npm install ${name}" in it`
      : `Run "npm install" in ${candidate.directory}; if its package.json does not name ${name} yet, "npm install ${name}"`
  return `the package ${name} is not installed. ${step}.`
}

function aliasOf(name: string): string {
  return `${name} is an alias of tsconfig.json, which Node does not read. Import the file by its path and ending, such as './lib/x.ts'; or name the folder in package.json, "imports": { "#lib/*": "./lib/*" }, and import '#lib/x.ts'.`
}

const ENDINGS = ['.ts', '.mts', '.js', '.mjs', '.cjs', '.json']

function isThere(file: string): boolean {
  try {
    return existsSync(file)
  } catch {
    // a file that the plugin's process may not see
    return false
  }
}

/** What may have been meant by a file that does not exist: another ending first, then another spelling. */
function missingFileHint(file: string): string {
  const stem = path.basename(file, path.extname(file))
  const folder = path.dirname(file)
  // a plugin process may look for a file, and not into the folder that it shares with other plugins
  let names: readonly string[] = ENDINGS.map((ending) => stem + ending).filter((name) =>
    isThere(path.join(folder, name)),
  )
  try {
    names = readdirSync(folder).filter((name) => /\.(?:[cm]?[jt]s|json)$/.test(name))
  } catch {
    // those found above remain
  }
  const meant =
    names.find((name) => path.basename(name, path.extname(name)) === stem) ??
    findClosest(path.basename(file), names)
  if (meant !== undefined) return ` There is ${meant}: imports name the file as it is, with its ending.`
  return path.extname(file) === '' ? ' Relative imports end in .ts or .js.' : ''
}

/** Extracts `@pluggram/sdk/nope` from Node's message about a package's "exports". */
function refusedDoor(message: string): string {
  const match = /'\.\/(?<door>[^']+)'.* in .*node_modules[/\\](?<name>.+)[/\\]package\.json/.exec(
    message,
  )?.groups
  return match ? `${match['name']}/${match['door']}` : 'an imported path'
}

function explainOther(error: unknown, message: string): string {
  if (isThrown(error, TimeLimitError)) {
    return `${message}. Something at the top level of the file waits (await); move it into the constructor's or setup's work, and give it a time limit.`
  }
  const noExport = /'(?<from>[^']+)' does not provide an export named '(?<name>[^']+)'/.exec(message)?.groups
  if (noExport) {
    const { name, from } = noExport
    return `${from} exports no ${name}. If it is a type, write: import type { ${name} } from '${from}'`
  }
  if (/^(?:require|module|exports|__dirname|__filename) is not defined/.test(message)) {
    return `${message.split(',', 1)[0] ?? message}: the file is an ES module (it uses import or export). Use import, or name the file .cjs.`
  }
  const denied = explainDenied(error)
  if (denied !== undefined) return denied
  if (isSyntaxError(error)) return `syntax error: ${message}. Correct the file.`
  return `it threw "${message}" while it was imported.`
}

/** Compares the name, since the error may come from another realm, as in a test runner. */
function isSyntaxError(error: unknown): boolean {
  return thrownText(error, 'name') === 'SyntaxError'
}

/** A syntax error in JavaScript has no position; `node --check` prints one. */
async function findSyntaxError(
  candidate: PluginCandidate,
  error: unknown,
  files: readonly string[],
  check: SyntaxCheck,
): Promise<Location | undefined> {
  if (!isSyntaxError(error)) return undefined
  for (const file of new Set([candidate.entry, ...files])) {
    if (!/\.(?:[cm]?js|m?ts)$/.test(file)) continue
    const report = await check(file)
    const location = report === undefined ? undefined : syntaxLocation(report, candidate.directory)
    if (location) return location
  }
  return undefined
}
