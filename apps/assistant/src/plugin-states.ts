import { looksSecret } from '@pluggram/base'
import type { PluginProblem, PluginState } from '@pluggram/host'
import type { SecretMask } from '@pluggram/observability'

const HIDDEN = '[secret]'

export interface PluginStatesOptions {
  /** Those that the host runs, or tried to. */
  hosted(): Promise<readonly PluginState[]>
  /** MCP servers. */
  mounted(): readonly PluginState[]
  /** Those that are switched on and were not even tried. */
  leftOut(): readonly PluginProblem[]
  readonly mask: SecretMask
}

/**
 * How all plugins are, for `/readyz` and `/status`. Whoever may read that may not read secrets: `getStatus` often gives
 * the configuration, so what is secret in it is hidden.
 */
export async function readPluginStates(options: PluginStatesOptions): Promise<readonly PluginState[]> {
  const hosted = await options.hosted()
  const isRunning = new Set(hosted.filter(({ state }) => state !== 'off').map(({ name }) => name))
  const reasons = Map.groupBy(
    options.leftOut().filter(({ plugin }) => !isRunning.has(plugin)),
    ({ plugin }) => plugin,
  )
  return [
    ...hosted.filter(({ name }) => !reasons.has(name)).map((state) => hideSecrets(state, options.mask)),
    ...[...reasons.values()].map(toFailedState),
    ...options.mounted(),
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
    ...(status && { status: masked(status, mask) as typeof status }),
    ...(problem && { problem: { ...problem, message: mask.apply(problem.message) } }),
  }
}

/** Plain data with secrets hidden: known ones anywhere, and every text at or below a key that looks secret. */
function masked(value: unknown, mask: SecretMask, isSecret = false): unknown {
  if (typeof value === 'string') return isSecret && value !== '' ? HIDDEN : mask.apply(value)
  if (Array.isArray(value)) return value.map((item) => masked(item, mask, isSecret))
  if (typeof value !== 'object' || value === null) return value
  return Object.fromEntries(
    Object.entries(value).map(([key, item]) => [
      mask.apply(key),
      masked(item, mask, isSecret || looksSecret(key)),
    ]),
  )
}
