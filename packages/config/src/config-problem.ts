import path from 'node:path'
import type { Correction } from './correct-text.ts'

/** A position in one of the files a configuration comes from. Lines and columns count from 1. */
export interface ConfigLocation {
  /** Absolute path, or `environment` for the process environment (line and column are 0 then). */
  readonly file: string
  readonly line: number
  readonly column: number
}

/** One problem in the configuration. It never contains a secret's value. */
export interface ConfigProblem extends ConfigLocation {
  readonly severity: 'error' | 'warning'
  /** A key such as `plugins.my_plugin.api_key`, or a variable's name; empty for a whole file. */
  readonly path: string
  /** `expected …, but got …`, or a sentence if that form does not fit. */
  readonly message: string
  readonly expected?: string
  readonly got?: string
  /** What to do about it. */
  readonly fix: string
  /** Set when only this plugin is affected. The host skips it and starts the others. */
  readonly plugin?: string
  /** Set for problems of secrets, which have findings of their own. */
  readonly secret?: 'weak' | 'twice'
  /** Set when it is clear what was meant: the change of `file` that puts it right. */
  readonly correction?: Correction
}

/** The input of `createProblem`: `expected` and `got`, or a whole `message`. */
export type ProblemDetails = {
  readonly at: ConfigLocation
  readonly path: string
  readonly fix: string
  readonly severity?: 'error' | 'warning'
  readonly plugin?: string | undefined
  readonly secret?: ConfigProblem['secret']
  readonly correction?: Correction | undefined
} & ({ readonly expected: string; readonly got: string } | { readonly message: string })

export function createProblem(details: ProblemDetails): ConfigProblem {
  return {
    severity: details.severity ?? 'error',
    file: details.at.file,
    line: details.at.line,
    column: details.at.column,
    path: details.path,
    ...('message' in details
      ? { message: details.message }
      : {
          message: `expected ${details.expected}, but got ${details.got}`,
          expected: details.expected,
          got: details.got,
        }),
    fix: details.fix,
    ...(details.plugin === undefined ? {} : { plugin: details.plugin }),
    ...(details.secret && { secret: details.secret }),
    ...(details.correction === undefined ? {} : { correction: details.correction }),
  }
}

/** `file:line:column`, relative to the home if the file is in it. */
export function problemPlace(
  { file, line, column }: ConfigLocation,
  options: { readonly home: string },
): string {
  const short = shortenFile(file, options.home)
  return line > 0 ? `${short}:${line}:${column}` : short
}

/** Shows one problem on one line: `file:line:column: path.to.key: expected …, but got …. What to do.` */
export function formatProblem(problem: ConfigProblem, options: { readonly home: string }): string {
  const where = problemPlace(problem, options)
  const subject = problem.path === '' ? where : `${where}: ${problem.path}`
  const line = `${subject}: ${asSentences(problem.message, problem.fix)}`
  return line.replace(/[\p{Cc}\u2028\u2029]+/gu, ' ')
}

function asSentences(...parts: readonly string[]): string {
  return parts
    .map((part, index) => {
      const begin = index === 0 ? part : part.charAt(0).toUpperCase() + part.slice(1)
      return /[.?!]$/.test(begin) ? begin : `${begin}.`
    })
    .join(' ')
}

/** At most `limit` problems, plus one line with the number of the others. */
export function limitProblems(problems: readonly ConfigProblem[], limit: number): ConfigProblem[] {
  if (problems.length <= limit) return [...problems]
  const last = problems[limit] as ConfigProblem
  const rest = createProblem({
    at: last,
    path: '',
    severity: problems.slice(limit).some(isGlobalError) ? 'error' : 'warning',
    message: `${problems.length - limit} more problems`,
    fix: 'fix those above first',
  })
  return [...problems.slice(0, limit), rest]
}

function isGlobalError(problem: ConfigProblem): boolean {
  return problem.severity === 'error' && problem.plugin === undefined
}

function shortenFile(file: string, home: string): string {
  if (!path.isAbsolute(file)) return file
  const relative = path.relative(home, file)
  return relative === '' || relative.startsWith('..') || path.isAbsolute(relative) ? file : relative
}
