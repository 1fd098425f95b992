import { readFileSync } from 'node:fs'
import { afterAll } from 'vitest'

/** Processor seconds of this process and of every process that it or they waited for. */
function processorSeconds(): number {
  const own = process.cpuUsage()
  return (own.user + own.system) / 1e6 + childSeconds()
}

function childSeconds(): number {
  try {
    const fields = readFileSync('/proc/self/stat', 'latin1').split(') ')[1]?.split(' ') ?? []
    return (Number(fields[13]) + Number(fields[14])) / 100
  } catch {
    return 0
  }
}
const before = (globalThis as any).__costBefore ?? 0

afterAll(({}, suite: any) => {
  ;(globalThis as any).__costBefore = processorSeconds()
  const file = suite.file ?? suite
  file.meta.processorSeconds = processorSeconds() - before
})
