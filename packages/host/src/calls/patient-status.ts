import { withinTime } from '@pluggram/base'
import type { PluginStatus } from '@pluggram/sdk'
import { thrownMessage } from '../error-location.ts'
import type { HostedPlugin } from '../hosted-plugin.ts'

/** A plugin's own status. If it cannot report one, it counts as failing. */
export async function statusOf(plugin: HostedPlugin): Promise<PluginStatus> {
  try {
    return await plugin.ask('status', undefined)
  } catch (error) {
    return { status: 'failing', error: `getStatus: ${thrownMessage(error)}` }
  }
}

/** What is known about one plugin's status. */
interface Known {
  /** The request in progress, shared by all callers. */
  asked: Promise<PluginStatus> | undefined
  /** Set while the plugin is late: the answer until it responds again. */
  late: PluginStatus | undefined
}

/**
 * Asks plugins for their status without waiting for slow ones. Health checks often allow only a
 * second, and a slow plugin must not make the assistant look dead.
 */
export class PatientStatus {
  readonly #patienceMs: number
  readonly #known = new WeakMap<HostedPlugin, Known>()

  constructor(patienceMs: number) {
    this.#patienceMs = patienceMs
  }

  /**
   * Returns the plugin's status, or after `patienceMs` that it is late. While it stays late,
   * returns its last status at once.
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
