import { describePluginIssues, reportUnknownKeys } from '@pluggram/config'
import type { LoadedConfiguration } from '@pluggram/config'
import type { PluginState } from '@pluggram/host'
import type { Found } from '@pluggram/observability'
import { toProblem } from './doctor/fault.ts'
import type { Fault } from './doctor/fault.ts'
import { withoutRepair } from './doctor/problem.ts'
import type { PluginBoard } from './plugin-board.ts'

/** What is wrong with the plugins of a running assistant. What they threw may quote people; the log has it. */
export function findPluginProblems(board: PluginBoard): Found[] {
  const { configuration } = board.wanted
  return [
    ...[...board.states(), ...board.mounted()].flatMap((state) => ofState(state, board, configuration)),
    // those with a wrong block are found by their configuration
    ...board.wanted.leftOut
      .filter(({ code }) => code !== 'plugin-config-invalid')
      .flatMap((problem) => toFound({ kind: 'plugin', problem, text: '' }, configuration)),
    ...board.hosted
      .plugins()
      .flatMap(({ descriptor }) => reportUnknownKeys(configuration, descriptor.name, descriptor.configSchema))
      .flatMap((problem) => toFound({ kind: 'config', problem }, configuration)),
  ]
}

function ofState(state: PluginState, board: PluginBoard, configuration: LoadedConfiguration): Found[] {
  const { name, origin, problem, crashes } = state
  const kind = origin === 'mcp' ? 'MCP server' : 'plugin'
  if (state.state === 'parked') {
    return [
      {
        id: `plugin.parked:${name}`,
        severity: 'error',
        what: `${board.titleOf(name)} is parked: the ${kind} "${name}" answers nothing.`,
        why: 'It crashed again and again within a few minutes.',
        fix: `Look for the cause: pluggram logs. Then restart it: pluggram plugins restart ${name}.`,
      },
    ]
  }
  if (state.state === 'failed' && problem) return ofFailure(name, problem, configuration)
  if (crashes === 0 || state.state === 'off') return []
  return [
    {
      id: `plugin.crashing:${name}`,
      severity: 'warning',
      what: `${board.titleOf(name)} crashed: the ${kind} "${name}" was started again.`,
      why: `It crashed ${crashes === 1 ? 'once' : `${crashes} times`} within the last five minutes.`,
      fix: 'Look for the cause: pluggram logs. After three crashes in five minutes it is stopped.',
    },
  ]
}

function ofFailure(
  plugin: string,
  problem: NonNullable<PluginState['problem']>,
  configuration: LoadedConfiguration,
): Found[] {
  if (problem.code === 'plugin-not-granted') {
    const missing = [/needs (.*?), which has not been granted/.exec(problem.message)?.[1] ?? 'permissions']
    return toFound({ kind: 'grant', plugin, missing }, configuration)
  }
  if (problem.issues === undefined) return toFound({ kind: 'plugin', problem, text: '' }, configuration)
  return describePluginIssues(configuration, plugin, problem.issues).flatMap((one) =>
    toFound({ kind: 'config', problem: one }, configuration),
  )
}

/** In the doctor's words. */
function toFound(fault: Fault, configuration: LoadedConfiguration): Found[] {
  return [withoutRepair(toProblem(fault, configuration))]
}
