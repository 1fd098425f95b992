import type { ErrorCode } from '@pluggram/sdk'
import type { ConfigIssue } from '@pluggram/sdk/runtime'
import type { JsonSchema } from './json-types.ts'

/** Why a plugin was left out (`error`), or what its author or owner should change (`warning`). */
export interface PluginProblem {
  readonly plugin: string
  readonly severity: 'error' | 'warning'
  readonly code: ErrorCode
  /** Names the cause and the next step; contains no stack. */
  readonly message: string
  readonly file?: string
  readonly line?: number
  readonly column?: number
  /** With `plugin-config-invalid`: all issues of the block. */
  readonly issues?: readonly ConfigIssue[]
  /** With `plugin-duplicate`: every file that claims the name. */
  readonly files?: readonly string[]
}

/** Wraps a problem as an error, with the original error as `cause`. */
export class ProblemError extends Error {
  readonly problem: PluginProblem
  /**
   * With `plugin-config-invalid`: the JSON Schema of the configuration, if the plugin's schema has
   * one.
   */
  readonly configSchema: JsonSchema | undefined

  constructor(problem: PluginProblem, cause?: unknown, configSchema?: JsonSchema) {
    super(problem.message, { cause })
    this.problem = problem
    this.configSchema = configSchema
  }
}

/** `file:line:column: message`, as far as the position is known. */
export function formatProblem(problem: PluginProblem): string {
  if (problem.file === undefined) return problem.message
  const place = [problem.file, problem.line, problem.column].filter((part) => part !== undefined).join(':')
  return `${place}: ${problem.message}`
}
