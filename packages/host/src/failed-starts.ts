import { readFile } from 'node:fs/promises'
import { replaceFile } from '@pluggram/base'
import { z } from 'zod'

const fileSchema = z.record(z.string(), z.string())

/**
 * Plugins whose last start failed, with a fingerprint of their content: messages do not wait for
 * them next time.
 */
export class FailedStarts {
  readonly #file: string | undefined
  #fingerprints = new Map<string, string>()
  #isChanged = false

  /** @param file without it, nothing is known at the next start */
  constructor(file: string | undefined) {
    this.#file = file
  }

  /** Reads the file; a missing or broken file means that no start failed. */
  async open(): Promise<void> {
    if (this.#file === undefined) return
    try {
      const known = fileSchema.parse(JSON.parse(await readFile(this.#file, 'utf8')))
      this.#fingerprints = new Map(Object.entries(known))
    } catch {
      this.#fingerprints = new Map()
    }
  }

  /**
   * @param fingerprint of everything that decides how the plugin starts; empty when that could not
   * be read
   */
  has(plugin: string, fingerprint: string): boolean {
    return fingerprint !== '' && this.#fingerprints.get(plugin) === fingerprint
  }

  note(plugin: string, fingerprint: string, hasFailed: boolean): void {
    if (hasFailed === this.has(plugin, fingerprint) || fingerprint === '') return
    if (hasFailed) this.#fingerprints.set(plugin, fingerprint)
    else this.#fingerprints.delete(plugin)
    this.#isChanged = true
  }

  /** Writes what changed. A failed write only means that the next start waits for the plugin. */
  async save(): Promise<void> {
    if (!this.#isChanged || this.#file === undefined) return
    this.#isChanged = false
    try {
      await replaceFile(this.#file, JSON.stringify(Object.fromEntries(this.#fingerprints)), {
        mode: 0o600,
        makesFolder: true,
      })
    } catch {
      this.#isChanged = true
    }
  }
}
