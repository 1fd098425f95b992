import { unwatchFile, watchFile } from 'node:fs'
import type { StatsListener } from 'node:fs'

/** Mounted secrets are links that are swapped, and come over networks: only looking again is sure. */
const LOOK_MS = 2_000

export interface FileWatch {
  /** Watches exactly these from now on. */
  follow(files: readonly string[]): void
  close(): void
}

/** Calls `onChange` when one of the files is written, replaced, made or removed. */
export function watchFiles(onChange: () => void): FileWatch {
  let watched: ReadonlySet<string> = new Set()
  const listener: StatsListener = (now, before) => {
    if (now.mtimeMs !== before.mtimeMs || now.ino !== before.ino || now.size !== before.size) onChange()
  }

  function follow(files: readonly string[]): void {
    const wanted = new Set(files)
    for (const file of watched.difference(wanted)) unwatchFile(file, listener)
    for (const file of wanted.difference(watched)) {
      watchFile(file, { interval: LOOK_MS, persistent: false }, listener)
    }
    watched = wanted
  }

  return { follow, close: () => follow([]) }
}
