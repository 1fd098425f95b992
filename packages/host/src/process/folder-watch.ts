import { lstat, opendir } from 'node:fs/promises'
import path from 'node:path'

export interface FolderWatchOptions {
  readonly folder: string
  readonly limitMb: number
  /** The folder is over its limit and still grows. */
  onViolation(reason: string): void
}

const INTERVAL_MS = 500
/** Measuring takes at most this share of the time. */
const SHARE = 0.05
/** Even an empty file takes space for its name, and time to measure. */
const LEAST_FILE_BYTES = 16_384
const MEGABYTE = 1_048_576

/**
 * Watches the size of a folder to which a plugin process writes directly. A process that starts with
 * a folder over the limit may delete files, but not add any.
 */
export class FolderWatch {
  readonly #options: FolderWatchOptions
  #atStart: number | undefined
  #timer: NodeJS.Timeout | undefined
  #isStopped = false

  constructor(options: FolderWatchOptions) {
    this.#options = options
    void this.#look()
  }

  stop(): void {
    this.#isStopped = true
    clearTimeout(this.#timer)
  }

  async #look(): Promise<void> {
    const from = performance.now()
    const { folder, limitMb, onViolation } = this.#options
    const bytes = await sizeOf(folder).catch(() => 0)
    if (this.#isStopped) return
    this.#atStart ??= bytes
    if (bytes > limitMb * MEGABYTE && bytes > this.#atStart) {
      return onViolation(`keeps ${Math.ceil(bytes / MEGABYTE)} MB in its folder; ${limitMb} MB are allowed`)
    }
    const rest = (performance.now() - from) / SHARE
    this.#timer = setTimeout(() => void this.#look(), Math.max(INTERVAL_MS, rest)).unref()
  }
}

/** The space that a folder's files take. */
async function sizeOf(folder: string): Promise<number> {
  let bytes = 0
  for await (const entry of await opendir(folder)) {
    const file = path.join(folder, entry.name)
    if (entry.isDirectory()) bytes += LEAST_FILE_BYTES + (await sizeOf(file))
    // one that was deleted meanwhile
    else bytes += await lstat(file).then(spaceOf, () => 0)
  }
  return bytes
}

/** A file with holes takes less than its size. */
function spaceOf({ size, blocks }: { readonly size: number; readonly blocks: number }): number {
  return Math.max(LEAST_FILE_BYTES, blocks > 0 ? blocks * 512 : size)
}
