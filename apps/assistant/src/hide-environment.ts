import { closeSync, openSync, readFileSync, writeSync } from 'node:fs'

/** Fields of /proc/self/stat, counted from the one after the program's name: where the environment lies in memory. */
const START_FIELD = 47
const END_FIELD = 48

/**
 * Overwrites the block of memory in which the kernel handed over the environment. `/proc/PID/environ` shows that block to
 * every program of the same user for as long as the process lives, whatever happens to `process.env`; afterwards it
 * shows nothing. `process.env` keeps its values: they are written anew, outside of that block.
 * @returns false where the system does not let that happen; nothing is changed then
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
