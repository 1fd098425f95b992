import type { PluginDescriptor } from '@pluggram/sdk/runtime'
import type { PluginEntry } from '../plugin-entry.ts'

/** How many processes to start before they are needed. */
const MAX_WARMED_UP = 8

/**
 * Starts the plugins that are asked about every message, so that the first message does not wait
 * for one start after another. One at a time, so that a plugin in demand can start before those
 * that only warm up.
 */
export async function warmUp(entries: readonly PluginEntry[], signal: AbortSignal): Promise<void> {
  const asked = entries.filter(({ plugin }) => plugin && isAskedAlways(plugin.descriptor))
  for (const { plugin } of asked.slice(0, MAX_WARMED_UP)) {
    if (signal.aborted) return
    await plugin?.warmUp?.()
  }
}

function isAskedAlways({ answers, patterns }: PluginDescriptor): boolean {
  return answers.includes('handle') && patterns.length === 0
}
