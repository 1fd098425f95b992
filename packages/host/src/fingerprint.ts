import { digestData, digestFiles, ownFiles } from './content-digest.ts'
import type { HostPlan } from './host-plan.ts'
import type { PluginEntry } from './plugin-entry.ts'

/** What a plugin depends on; a part that cannot be read fails its start, and is reported there. */
export async function fingerprint(entry: PluginEntry, plan: HostPlan): Promise<void> {
  const { candidate, name, isolation } = entry
  if (!candidate || entry.state !== 'starting') return
  try {
    entry.blockDigest = digestData(plan.configFor(name, undefined).block)
    const settings = [isolation, plan.limitsFor?.(name), plan.grantsFor?.(name)]
    entry.fingerprint = digestData([candidate.entry, settings, await digestFiles(await ownFiles(candidate))])
  } catch {
    entry.fingerprint = ''
  }
}
