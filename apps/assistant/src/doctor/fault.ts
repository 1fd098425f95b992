import { basename } from 'node:path'
import { problemPlace } from '@pluggram/config'
import type { ConfigProblem, LoadedConfiguration } from '@pluggram/config'
import type { PluginProblem } from '@pluggram/host'
import type { Found } from '@pluggram/observability'
import { problem, withoutRepair } from './problem.ts'
import type { Problem } from './problem.ts'
import { correctFile } from './repair.ts'

/** What is wrong with a home's configuration and its plugins. */
export type Fault =
  | { readonly kind: 'config'; readonly problem: ConfigProblem }
  | { readonly kind: 'plugin'; readonly problem: Omit<PluginProblem, 'code'>; readonly text: string }
  | { readonly kind: 'grant'; readonly plugin: string; readonly missing: readonly string[] }

/** A fault as a finding. */
export function toProblem(fault: Fault, configuration: LoadedConfiguration): Problem {
  if (fault.kind === 'config') return configProblem(fault.problem, configuration)
  if (fault.kind === 'grant') {
    return problem(`plugin.waits-for-grant:${fault.plugin}`, {
      what: `The plugin ${fault.plugin} is on, but does not run.`,
      why: `It needs ${fault.missing.join(', ')}, which has not been granted.`,
      fix: `If you trust it with that: pluggram plugins grant ${fault.plugin} --yes. Else: pluggram plugins disable ${fault.plugin}.`,
    })
  }
  const { plugin, message, file, line, column } = fault.problem
  return problem(`plugin.failed:${plugin}`, {
    what: `The plugin ${plugin} does not run.`,
    why: message,
    fix: `Correct that, or switch it off: pluggram plugins disable ${plugin}.`,
    ...(file !== undefined && {
      where: problemPlace({ file, line: line ?? 0, column: column ?? 1 }, configuration),
    }),
  })
}

const SECRETS = { weak: 'secret.weak', twice: 'secret.twice' } as const

function configProblem(fault: ConfigProblem, configuration: LoadedConfiguration): Problem {
  const { severity, path, file, message, plugin, correction, secret } = fault
  const isQuote = correction?.kind === 'remove-quotes'
  const ofConfig = isQuote ? 'config.quotes' : severity === 'error' ? 'config.invalid' : 'config.doubtful'
  const kind =
    secret === undefined || isQuote || (secret === 'weak' && severity === 'warning')
      ? ofConfig
      : SECRETS[secret]
  const subject = path === '' ? basename(file) : path
  const who = plugin === undefined ? 'the assistant' : `the plugin ${plugin}`
  return problem(
    `${kind}:${subject}`,
    {
      what:
        severity === 'error'
          ? `${subject} is wrong, and ${who} does not start with it.`
          : `${subject} may not do what it should.`,
      why: sentence(message),
      fix: sentence(fault.fix),
      where: problemPlace(fault, configuration),
    },
    correction && correctFile(configuration.home, file, correction),
  )
}

function sentence(text: string): string {
  const begin = text.charAt(0).toUpperCase() + text.slice(1)
  return /[.?!]$/.test(begin) ? begin : `${begin}.`
}

/** The problems of a configuration that was read. */
export function findConfigProblems(configuration: LoadedConfiguration | undefined): Found[] {
  if (!configuration) return []
  return configuration.problems.map((one) =>
    withoutRepair(toProblem({ kind: 'config', problem: one }, configuration)),
  )
}
