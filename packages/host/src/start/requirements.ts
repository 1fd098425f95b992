import { endsWithin } from '@pluggram/base'
import type { PluginEntry } from '../plugin-entry.ts'
import { ProblemError } from '../plugin-problem.ts'

/** How long a plugin waits for its requirements to start; after that, its calls wait for them. */
const LONGEST_WAIT_MS = 10_000

/** Starts plugins after those they require. */
export class Requirements {
  readonly #starts = new Map<string, Promise<unknown>>()
  readonly #needs = new Map<string, readonly string[]>()

  /** Notes that a plugin is starting. */
  starting(name: string, start: Promise<unknown>): void {
    this.#starts.set(name, start)
    const forget = (): void => {
      if (this.#starts.get(name) === start) this.#starts.delete(name)
    }
    start.then(forget, forget)
  }

  /** Resolves when a plugin's start has ended, successfully or not. */
  async whenStarted(name: string): Promise<void> {
    const start = this.#starts.get(name)
    if (!start) return
    await endsWithin(
      start.catch(() => {}),
      LONGEST_WAIT_MS,
    )
  }

  /**
   * Waits until everything a plugin requires has started. Plugins that require each other do not
   * wait for each other.
   * @throws ProblemError when a required plugin is missing or off
   */
  async meet(
    plugin: { readonly name: string; readonly file?: string },
    requires: readonly string[],
    entries: readonly PluginEntry[],
  ): Promise<void> {
    const { name, file } = plugin
    for (const required of requires) {
      const entry = entries.find((item) => item.name === required && item.origin !== 'built-in')
      if (entry && entry.state !== 'off') continue
      throw new ProblemError({
        plugin: name,
        severity: 'error',
        code: 'plugin-start-failed',
        message: `Plugin ${name} is not started: it requires the plugin ${required}, which is ${entry ? 'off. Switch it on in plugins_config.json' : 'not there. Install it'}, or switch ${name} off.`,
        ...(file !== undefined && { file }),
      })
    }
    this.#needs.set(name, requires)
    for (const required of requires) {
      if (!this.#leadsTo(required, name, new Set())) await this.whenStarted(required)
    }
  }

  #leadsTo(from: string, to: string, seen: Set<string>): boolean {
    if (from === to) return true
    if (seen.has(from)) return false
    seen.add(from)
    return (this.#needs.get(from) ?? []).some((next) => this.#leadsTo(next, to, seen))
  }
}
