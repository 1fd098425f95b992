import { afterEach, beforeEach } from 'vitest'
import { countResources, findLeaks } from './leaks.ts'
import type { LeakOptions } from './leaks.ts'

/**
 * Lets every test of a file (or, from a vitest setup file, of a project) fail that leaves timers, sockets,
 * servers, watchers or child processes behind.
 */
export function installLeakCheck(options: LeakOptions = {}): void {
  let baseline = countResources()
  beforeEach(() => {
    baseline = countResources()
  })
  afterEach(async () => {
    const leaks = await findLeaks(baseline, options)
    if (leaks.length === 0) return
    throw new Error(`The test left behind: ${leaks.join(', ')}. Stop or dispose them before it ends.`)
  })
}
