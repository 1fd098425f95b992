import type { PluginProblem, PluginState } from '@pluggram/host'
import type { SecretMask } from '@pluggram/observability'
import type { PluginBoard } from './plugin-board.ts'
import type { PluginsPlan } from './plugins.ts'

/** The part of the board that is used here. */
export interface PluginStatesSource extends Pick<PluginBoard, 'quickStatuses' | 'mounted'> {
  readonly wanted: Pick<PluginsPlan, 'leftOut'>
}

/**
 * The states of all plugins, for `/readyz` and `/status`. Readers of these must not see secrets,
 * but `getStatus` often returns the configuration, so secrets are masked.
 */
export async function readPluginStates(
  board: PluginStatesSource,
  mask: SecretMask,
): Promise<readonly PluginState[]> {
  const hosted = await board.quickStatuses()
  const isRunning = new Set(hosted.filter(({ state }) => state !== 'off').map(({ name }) => name))
  const reasons = Map.groupBy(
    board.wanted.leftOut.filter(({ plugin }) => !isRunning.has(plugin)),
    ({ plugin }) => plugin,
  )
  return [
    ...hosted.filter(({ name }) => !reasons.has(name)).map((state) => hideSecrets(state, mask)),
    ...[...reasons.values()].map(toFailedState),
    ...board.mounted(),
  ]
}

function toFailedState(problems: readonly PluginProblem[]): PluginState {
  const [first, ...more] = problems as [PluginProblem, ...PluginProblem[]]
  const message = [first, ...more].map((problem) => problem.message).join('\n')
  return {
    name: first.plugin,
    origin: 'home',
    isolation: 'process',
    state: 'failed',
    crashes: 0,
    effects: [],
    problem: { ...first, message },
  }
}

function hideSecrets(state: PluginState, mask: SecretMask): PluginState {
  const { status, problem } = state
  return {
    ...state,
    ...(status && { status: mask.deep(status) }),
    ...(problem && { problem: { ...problem, message: mask.apply(problem.message) } }),
  }
}
