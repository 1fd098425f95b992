import { readFile } from 'node:fs/promises'
import { replaceFile } from '@pluggram/base'
import { z } from 'zod'

const fileSchema = z.record(z.string(), z.string())

/**
 * Records plugins whose last start failed, with a fingerprint of their content. At the next start
 * messages do not wait for them.
 */
export class FailedStarts {
  readonly #file: string | undefined
  #fingerprints = new Map<string, string>()
  #isChanged = false

  /** @param file without it, nothing is kept for the next start */
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

  /** @param fingerprint of everything that affects the start; empty when that could not be read */
  has(plugin: string, fingerprint: string): boolean {
    return fingerprint !== '' && this.#fingerprints.get(plugin) === fingerprint
  }

  note(plugin: string, fingerprint: string, hasFailed: boolean): void {
    if (hasFailed === this.has(plugin, fingerprint) || fingerprint === '') return
    if (hasFailed) this.#fingerprints.set(plugin, fingerprint)
    else this.#fingerprints.delete(plugin)
    this.#isChanged = true
  }

  /** Writes changes. If that fails, messages only wait for the plugin at the next start. */
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
