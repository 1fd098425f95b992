import type { PluginDescriptor } from '@pluggram/sdk/runtime'
import type { PluginEntry } from './plugin-entry.ts'

/** More processes than that are not started before they are needed. */
const MAX_WARMED_UP = 8

/**
 * Whoever is asked about every message is needed by the first one: it should not wait for one start
 * after another. One at a time, so that a plugin which somebody asks for starts before those for
 * which nobody asked yet.
 */
export async function warmUp(entries: readonly PluginEntry[], signal: AbortSignal): Promise<void> {
  const asked = entries.filter(({ plugin }) => plugin && isAskedAlways(plugin.descriptor))
  for (const { plugin } of asked.slice(0, MAX_WARMED_UP)) {
    if (signal.aborted) return
    await plugin?.warmUp?.()
  }
}

function isAskedAlways({ answersMessages, patterns }: PluginDescriptor): boolean {
  return answersMessages && patterns.length === 0
}
