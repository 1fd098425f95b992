import type { HostPlan } from '../host-plan.ts'
import { startOf } from '../plugin-entry.ts'
import type { PluginEntry } from '../plugin-entry.ts'
import { ProblemError } from '../plugin-problem.ts'
import { problemOf } from '../start/read-manifest.ts'
import { describeConfigIssues } from '../start/validate-config.ts'

/**
 * Whether the plugin of an old entry can continue, unchanged or with the plan's block.
 * @returns `start` when the new entry has to be started; a problem when the block is rejected and
 *   the old one stays in effect
 */
export async function followBlock(
  before: PluginEntry,
  entry: PluginEntry,
  plan: HostPlan,
): Promise<'same' | 'reconfigured' | 'start' | ProblemError> {
  const wanted = startOf(entry)
  // known to fail, and slowly, which would delay other changes again
  if (wanted !== '' && before.slowFailure === wanted) return 'same'
  if (!before.plugin || before.fingerprint !== entry.fingerprint) return 'start'
  const isSame = before.blockDigest === entry.blockDigest
  if (isSame && !before.problem) return 'same'
  const outcome = await reconfigure(before, plan)
  if (outcome === 'replace') return 'start'
  if (outcome instanceof ProblemError) return outcome
  before.blockDigest = entry.blockDigest
  delete before.problem
  return isSame ? 'same' : 'reconfigured'
}

/**
 * Applies the plan's block to a running plugin.
 * @returns `replace` when it must be restarted; a problem when the block is rejected and the old
 *   one stays in effect
 */
async function reconfigure(
  { name, plugin, candidate }: PluginEntry,
  plan: HostPlan,
): Promise<'done' | 'replace' | ProblemError> {
  if (!plugin) return 'replace'
  try {
    const { block } = plan.configFor(name, plugin.descriptor.configSchema)
    const outcome = await plugin.ask('reconfigure', { block })
    if (outcome === 'done') plugin.follow?.(plan)
    if (typeof outcome === 'string') return outcome
    const describe = plan.describeIssues ?? describeConfigIssues
    return new ProblemError({
      ...problemOf({ name, ...(candidate && { file: candidate.entry }) }, 'plugin-config-invalid', ''),
      message: describe(name, outcome.issues),
      issues: outcome.issues,
    })
  } catch {
    // the schema threw, or the process crashed; the next start reports why
    return 'replace'
  }
}
