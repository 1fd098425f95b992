import { randomUUID } from 'node:crypto'
import { existsSync, lstatSync, mkdirSync, readdirSync, rmSync, symlinkSync, unlinkSync } from 'node:fs'
import module from 'node:module'
import path from 'node:path'
import process from 'node:process'
import { fileURLToPath } from 'node:url'

/** Compiled code belongs to the installation: a new home need not compile Pluggram's part again. */
const INSTALLED = fileURLToPath(new URL('../../../../node_modules/.cache/pluggram-plugins', import.meta.url))
/** Nobody removes the code of plugins that are gone. Beyond this many files, everything is. */
const MAX_FILES = 5_000

/** Left by an assistant that was killed while a plugin started. */
const STALE_LINK_MS = 3_600_000

let isTidy = false

/**
 * Gives a new process access to the compiled code of earlier ones. Node writes to that folder until
 * the process ends, bypassing its permission model, and verifies the code only by a checksum. A
 * plugin could plant code there under other plugins' file names. So each process gets its own link,
 * which `returnCodeCache` removes before any of the plugin's code runs.
 * @param homeFolder used when the installation's folder cannot be written to
 * @returns the link; `undefined` if it cannot be created, so that everything is compiled again
 */
export function lendCodeCache(homeFolder: string | undefined): string | undefined {
  return lendFrom(INSTALLED) ?? (homeFolder === undefined ? undefined : lendFrom(homeFolder))
}

function lendFrom(cacheFolder: string): string | undefined {
  const [compiled, lent] = [path.join(cacheFolder, 'compiled'), path.join(cacheFolder, 'lent')]
  try {
    tidy(compiled, lent)
    for (const folder of [compiled, lent]) mkdirSync(folder, { recursive: true })
    const link = path.join(lent, randomUUID())
    symlinkSync(path.resolve(compiled), link, 'junction')
    return link
  } catch {
    return undefined
  }
}

/** Once a run. A process that reads or writes there at this moment only compiles more itself. */
function tidy(compiled: string, lent: string): void {
  if (isTidy) return
  isTidy = true
  if (filesIn(compiled).length > MAX_FILES) rmSync(compiled, { recursive: true, force: true })
  for (const link of filesIn(lent)) {
    const madeAt = lstatSync(link, { throwIfNoEntry: false })?.mtimeMs ?? Infinity
    if (madeAt < Date.now() - STALE_LINK_MS) rmSync(link, { force: true })
  }
}

function filesIn(folder: string): string[] {
  if (!existsSync(folder)) return []
  const entries = readdirSync(folder, { recursive: true, withFileTypes: true })
  return entries.map(({ parentPath, name }) => path.join(parentPath, name))
}

/**
 * Saves what this process has compiled so far, and removes its access to the cache.
 * @throws when the link cannot be removed; then no plugin may run
 */
export function returnCodeCache(link: string): void {
  module.flushCompileCache()
  unlinkSync(link)
  process.permission.drop('fs.write', link)
  process.permission.drop('fs.read', link)
}
