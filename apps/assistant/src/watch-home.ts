import { watch } from 'node:fs'
import type { FSWatcher } from 'node:fs'
import { readdir } from 'node:fs/promises'
import { join } from 'node:path'

const SETTLE_MS = 150
/** A file that is written all the time is read now and then nevertheless. */
const LONGEST_SETTLE_MS = 1_000
const MAX_FOLDERS = 500
const CONFIGURATION = new Set(['config.json', 'plugins_config.json', '.env', 'plugins', 'node_modules'])

/**
 * Calls `onChange` when a plugin's file or a file of the configuration was written, moved or removed. Calls never overlap,
 * and changes that come together are one.
 */
export function watchHome(home: string, onChange: () => Promise<void>): { close(): Promise<void> } {
  const watchers = new Map<string, FSWatcher>()
  let timer: NodeJS.Timeout | undefined
  let firstAt = 0
  let isClosed = false
  let working: Promise<void> = Promise.resolve()

  function schedule(): void {
    if (isClosed) return
    const now = Date.now()
    if (timer === undefined) firstAt = now
    clearTimeout(timer)
    const rest = Math.max(0, firstAt + LONGEST_SETTLE_MS - now)
    timer = setTimeout(run, Math.min(SETTLE_MS, rest))
  }

  function run(): void {
    timer = undefined
    working = work(working)
  }

  async function work(before: Promise<void>): Promise<void> {
    await before
    if (isClosed) return
    await follow()
    await onChange()
  }

  /** Watches the folders that are there now. */
  async function follow(): Promise<void> {
    const folders = new Set([home, ...(await pluginFolders(join(home, 'plugins')))])
    for (const [folder, watcher] of watchers) {
      if (folders.has(folder)) continue
      watcher.close()
      watchers.delete(folder)
    }
    for (const folder of folders) if (!watchers.has(folder) && !isClosed) add(folder)
  }

  function add(folder: string): void {
    const isHome = folder === home
    try {
      const watcher = watch(folder, (_event, file) => {
        if (!isHome || file === null || CONFIGURATION.has(file)) schedule()
      })
      watcher.on('error', () => {
        watchers.delete(folder)
        schedule()
      })
      watchers.set(folder, watcher)
    } catch {
      // it vanished again, or the system has no watchers left: a restart takes the change over
    }
  }

  working = follow()
  return {
    async close() {
      isClosed = true
      clearTimeout(timer)
      for (const watcher of watchers.values()) watcher.close()
      await working
      for (const watcher of watchers.values()) watcher.close()
    },
  }
}

/** The folder of plugins and all below it, but for what belongs to package managers and tools. */
async function pluginFolders(root: string): Promise<string[]> {
  const found: string[] = []
  const open = [root]
  for (let folder = open.pop(); folder !== undefined && found.length < MAX_FOLDERS; folder = open.pop()) {
    let items
    try {
      items = await readdir(folder, { withFileTypes: true })
    } catch {
      continue
    }
    found.push(folder)
    for (const item of items) {
      const isSkipped = item.name === 'node_modules' || item.name.startsWith('.')
      if (item.isDirectory() && !isSkipped) open.push(join(folder, item.name))
    }
  }
  return found
}
