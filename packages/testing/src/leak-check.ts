import { afterEach, beforeEach } from 'vitest'
import { createLeakDetector } from './leaks.ts'
import type { LeakDetector, LeakOptions } from './leaks.ts'

/**
 * Makes every test of a file fail if it leaves timers, connections, servers, watchers or child
 * processes behind. In a vitest setup file, it covers all tests of a project.
 */
export function installLeakCheck(options: LeakOptions = {}): void {
  let detector: LeakDetector | undefined
  beforeEach(() => {
    detector = createLeakDetector()
  })
  afterEach(async () => {
    const leaks = (await detector?.leaks(options)) ?? []
    detector?.close()
    if (leaks.length === 0) return
    throw new Error(`The test left behind: ${leaks.join(', ')}. Stop or dispose them before it ends.`)
  })
}
