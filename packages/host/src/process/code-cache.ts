import { randomUUID } from 'node:crypto'
import { mkdirSync, symlinkSync, unlinkSync } from 'node:fs'
import module from 'node:module'
import path from 'node:path'
import process from 'node:process'

/**
 * Gives a process that is about to start a way to the compiled code that earlier ones left. Node
 * writes to that folder until the process ends, past its permission model, and knows what it reads
 * there by no more than a check sum: a plugin could leave code for others under their files' names.
 * So what a process is given is a link of its own, and `returnCodeCache` removes it before any of
 * the plugin's code runs.
 * @returns the link; `undefined` where there can be none, and everything is compiled each time
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
 * Keeps what this process compiled so far, and closes its way to the cache.
 * @throws when the link cannot be removed: no plugin may run then
 */
export function returnCodeCache(link: string): void {
  module.flushCompileCache()
  unlinkSync(link)
  process.permission.drop('fs.write', link)
  process.permission.drop('fs.read', link)
}
