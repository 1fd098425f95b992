import { readFileSync } from 'node:fs'
import { afterAll } from 'vitest'

declare module 'vitest' {
  interface TaskMeta {
    /** What the file cost, the programs that it started included. */
    processorSeconds?: number
  }
}

/** Of this process and of all processes that ended and were waited for, in whatever depth. */
function processorSeconds(): number {
  const own = process.cpuUsage()
  return (own.user + own.system) / 1_000_000 + secondsOfChildren()
}

/** Only Linux tells it. */
function secondsOfChildren(): number {
  if (process.platform !== 'linux') return 0
  const fields = readFileSync('/proc/self/stat', 'latin1').split(') ').at(-1)?.split(' ') ?? []
  return (Number(fields[13]) + Number(fields[14])) / 100
}

// files that share a worker share its process; the first of them pays for its start
const SPENT = Symbol.for('pluggram.tests.spent')
const spent = Number(Reflect.get(globalThis, SPENT) ?? 0)

// oxlint-disable-next-line no-empty-pattern -- vitest wants to see which fixtures are used
afterAll(({}, suite) => {
  const now = processorSeconds()
  suite.file.meta.processorSeconds = now - spent
  Reflect.set(globalThis, SPENT, now)
})
