import { readFileSync } from 'node:fs'
import path from 'node:path'
import { fileURLToPath } from 'node:url'
import { errorMessage } from '@pluggram/sdk'

export interface Location {
  readonly file: string
  readonly line: number
  readonly column?: number
}

/**
 * The message of anything thrown, on one line and truncated. Its later lines often say what to do, unless they
 * are a stack. Never throws.
 */
export function thrownMessage(error: unknown): string {
  try {
    const [said = ''] = errorMessage(error)
      .trim()
      .split(/\n\s*at /)
    const line = said.replaceAll(/\s*\n\s*/g, ' ')
    return line.length > 500 ? `${line.slice(0, 500)}…` : line
  } catch {
    return 'an unknown error was thrown'
  }
}

/** A safe `instanceof` for anything thrown; with a proxy, even `instanceof` can throw. */
export function isThrown<T>(error: unknown, kind: abstract new (...parameters: never[]) => T): error is T {
  try {
    return error instanceof kind
  } catch {
    return false
  }
}

/** A property of anything thrown, as text. */
export function thrownText(
  error: unknown,
  key: 'code' | 'name' | 'stack' | 'permission' | 'resource',
): string {
  try {
    const value: unknown = Reflect.get(Object(error), key)
    return typeof value === 'string' ? value : ''
  } catch {
    return ''
  }
}

/**
 * Where under `directory` an error came from: the position at the start of a syntax error's report,
 * else the topmost stack frame in the plugin's own files.
 */
export function locateError(error: unknown, directory: string): Location | undefined {
  const stack = thrownText(error, 'stack')
  return syntaxLocation(stack, directory) ?? frameLocation(stack, directory)
}

/** Parses Node's report: `FILE:LINE`, then lines of source with carets under the column. */
export function syntaxLocation(report: string, directory: string): Location | undefined {
  const [head = '', ...rest] = report.split('\n', 6)
  const match = /^(?<file>.+):(?<line>\d+)$/.exec(head.trim())
  const file = ownFile(match?.groups?.['file'], directory)
  if (file === undefined) return undefined
  const carets = rest.find((line) => /^\s*\^+\s*$/.test(line))
  return {
    file,
    line: Number(match?.groups?.['line']),
    ...(carets !== undefined && { column: carets.indexOf('^') + 1 }),
  }
}

function frameLocation(stack: string, directory: string): Location | undefined {
  for (const line of stack.split('\n')) {
    const match =
      /(?:\(|at (?:async )?)(?<file>(?:file:\/\/)?\/[^()]*?|[A-Za-z]:\\[^()]*?):(?<line>\d+):(?<column>\d+)\)?$/.exec(
        line,
      )
    const file = ownFile(match?.groups?.['file'], directory)
    if (file === undefined || match?.groups === undefined) continue
    return { file, line: Number(match.groups['line']), column: Number(match.groups['column']) }
  }
  return undefined
}

/**
 * The line of an import that failed. Node names only the importing file, so this searches the line
 * in it.
 */
export function locateImport(error: unknown, directory: string): Location | undefined {
  const report = thrownText(error, 'stack')
  const wanted = /Cannot find (?:package|module) '(?<wanted>[^']+)'/.exec(report)?.groups?.['wanted']
  const importer = /(?:imported from |Require stack:\s*- )(?<file>\S.*)$/m.exec(report)?.groups?.['file']
  const file = ownFile(importer, directory)
  if (file === undefined || wanted === undefined) return undefined
  const isRelative = path.isAbsolute(wanted) || wanted.startsWith('.')
  const specifier = RegExp.escape(isRelative ? path.basename(wanted) : wanted)
  const quoted = new RegExp(`['"](?:\\.{1,2}/[^'"]*)?${specifier}(?:/[^'"]*)?['"]`)
  try {
    const line = readFileSync(file, 'utf8')
      .split('\n')
      .findIndex((text) => quoted.test(text))
    return line === -1 ? undefined : { file, line: line + 1 }
  } catch {
    return undefined
  }
}

/** The path of a file in the plugin's folder; `undefined` for files of its dependencies. */
function ownFile(place: string | undefined, directory: string): string | undefined {
  if (place === undefined) return undefined
  const file = place.startsWith('file:') ? fileURLToPath(place) : place
  const relative = path.relative(directory, file)
  const isInside = relative !== '' && !relative.startsWith('..') && !path.isAbsolute(relative)
  return isInside && !relative.split(path.sep).includes('node_modules') ? file : undefined
}
