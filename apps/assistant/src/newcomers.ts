import { stat } from 'node:fs/promises'
import { relative } from 'node:path'
import type { PluginCandidate } from '@pluggram/host'
import type { Logger } from '@pluggram/sdk'

/** Says once of each plugin that is written while the assistant runs how to switch it on. */
export class Newcomers {
  readonly #home: string
  readonly #logger: Pick<Logger, 'info'>
  readonly #told = new Set<string>()

  constructor(home: string, logger: Pick<Logger, 'info'>) {
    this.#home = home
    this.#logger = logger
  }

  async tell({
    candidates,
    isEnabled,
  }: {
    readonly candidates: readonly PluginCandidate[]
    isEnabled(name: string): boolean
  }): Promise<void> {
    for (const { name, entry, origin } of candidates) {
      if (origin !== 'home' || isEnabled(name) || this.#told.has(name)) continue
      const file = await stat(entry).catch(() => undefined)
      if (!file || file.birthtimeMs < performance.timeOrigin) continue
      this.#told.add(name)
      const place = relative(this.#home, entry)
      this.#logger.info(`found ${place}; it is off: npx pluggram plugins enable ${name}`)
    }
  }
}
