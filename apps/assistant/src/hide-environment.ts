import { closeSync, openSync, readFileSync, writeSync } from 'node:fs'

/**
 * Fields of /proc/self/stat with the environment's memory address, counted from the field after the
 * program name.
 */
const START_FIELD = 47
const END_FIELD = 48

/**
 * Overwrites the memory block in which the kernel passed the environment. `/proc/PID/environ`
 * exposes that block to all programs of the same user, whatever happens to `process.env`.
 * Afterwards it shows nothing. `process.env` keeps its values, which are copied outside the block
 * first.
 * @returns false if the system does not allow it; nothing is changed then
 */
export function hideEnvironment(): boolean {
  const environment = { ...process.env }
  try {
    const stat = readFileSync('/proc/self/stat', 'latin1')
    const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ')
    const [start, end] = [Number(fields[START_FIELD]), Number(fields[END_FIELD])]
    if (!(start > 0 && end > start)) return false
    const memory = openSync('/proc/self/mem', 'r+')
    try {
      writeSync(memory, Buffer.alloc(end - start), 0, end - start, start)
    } finally {
      closeSync(memory)
    }
  } catch {
    return false
  }
  for (const [name, value] of Object.entries(environment)) process.env[name] = value
  return true
}
