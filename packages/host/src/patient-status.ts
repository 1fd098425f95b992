import { withinTime } from '@pluggram/base'
import type { PluginStatus } from '@pluggram/sdk'
import { thrownMessage } from './error-location.ts'
import type { HostedPlugin } from './hosted-plugin.ts'

/** What a plugin says about itself; one that fails to say it is failing. */
export async function statusOf(plugin: HostedPlugin): Promise<PluginStatus> {
  try {
    return await plugin.ask('status', undefined)
  } catch (error) {
    return { status: 'failing', error: `getStatus: ${thrownMessage(error)}` }
  }
}

/** What is known of one plugin's status. */
interface Known {
  /** The question under way, shared by everybody who asks meanwhile. */
  asked: Promise<PluginStatus> | undefined
  /** Set while the plugin is late: the answer until it is quick again. */
  late: PluginStatus | undefined
}

/**
 * Asks plugins for their status without waiting for a slow one: health checks often allow only a
 * second, and must not take one plugin's silence for the assistant's.
 */
export class PatientStatus {
  readonly #patienceMs: number
  readonly #known = new WeakMap<HostedPlugin, Known>()

  constructor(patienceMs: number) {
    this.#patienceMs = patienceMs
  }

  /**
   * What the plugin says; after `patienceMs`, that it is late; and while it stays late, at once
   * what it said last.
   */
  async of(plugin: HostedPlugin): Promise<PluginStatus> {
    const known = this.#known.get(plugin) ?? { asked: undefined, late: undefined }
    this.#known.set(plugin, known)
    const asked = (known.asked ??= this.#ask(plugin, known))
    if (known.late) return known.late
    return withinTime(asked, this.#patienceMs, () => (known.late ??= this.#lateness()))
  }

  async #ask(plugin: HostedPlugin, known: Known): Promise<PluginStatus> {
    let isLate = false
    const timer = setTimeout(() => (isLate = true), this.#patienceMs).unref()
    try {
      const status = await statusOf(plugin)
      known.late = isLate ? status : undefined
      return status
    } finally {
      clearTimeout(timer)
      known.asked = undefined
    }
  }

  #lateness(): PluginStatus {
    return { status: 'failing', error: `getStatus: not finished within ${this.#patienceMs / 1_000} s` }
  }
}
