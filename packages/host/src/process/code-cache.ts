import { randomUUID } from 'node:crypto'
import { mkdirSync, symlinkSync, unlinkSync } from 'node:fs'
import module from 'node:module'
import path from 'node:path'
import process from 'node:process'

/**
 * Gives a new process access to the compiled code of earlier ones. Node writes to that folder until
 * the process ends, bypassing its permission model, and verifies the code only by a checksum. A
 * plugin could plant code there under other plugins' file names. So each process gets its own link,
 * which `returnCodeCache` removes before any of the plugin's code runs.
 * @returns the link; `undefined` if it cannot be created, so that everything is compiled again
 */
export function lendCodeCache(cacheFolder: string): string | undefined {
  const [compiled, lent] = [path.join(cacheFolder, 'compiled'), path.join(cacheFolder, 'lent')]
  try {
    for (const folder of [compiled, lent]) mkdirSync(folder, { recursive: true })
    const link = path.join(lent, randomUUID())
    symlinkSync(path.resolve(compiled), link, 'junction')
    return link
  } catch {
    return undefined
  }
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
