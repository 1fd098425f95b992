import { readFileSync } from 'node:fs'
import { readFile } from 'node:fs/promises'

export interface ProcessUsage {
  /** Memory in use, in bytes. */
  readonly residentBytes: number
  /** Processor time used so far, in seconds. */
  readonly cpuSeconds: number
  readonly isStopped: boolean
}

/** Linux reports CPU time in hundredths of a second, on every architecture. */
const TICKS_PER_SECOND = 100
/** The key of the page size in /proc/self/auxv. */
const PAGE_SIZE_ENTRY = 6n
const AUXV_ENTRY_BYTES = 16

let pageSize: number | undefined

/**
 * Reads /proc; `undefined` where there is none, or when the process has ended. The read is
 * synchronous although it runs several times a second: the kernel serves it from memory, faster
 * than a worker thread could be asked.
 */
export function readUsage(pid: number): ProcessUsage | undefined {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'latin1')
    const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ')
    pageSize ??= readPageSize()
    return {
      residentBytes: Number(fields[21]) * pageSize,
      cpuSeconds: (Number(fields[11]) + Number(fields[12])) / TICKS_PER_SECOND,
      isStopped: fields[0] === 'T' || fields[0] === 't',
    }
  } catch {
    return undefined
  }
}

/**
 * The bytes that count toward a process's data limit; `undefined` without /proc, or when it has
 * ended.
 */
export async function readDataBytes(pid: number): Promise<number | undefined> {
  try {
    const status = await readFile(`/proc/${pid}/status`, 'latin1')
    return Number(/^VmData:\s+(\d+) kB/m.exec(status)?.[1] ?? 0) * 1_024
  } catch {
    return undefined
  }
}

function readPageSize(): number {
  const entries = readFileSync('/proc/self/auxv')
  for (let at = 0; at + AUXV_ENTRY_BYTES <= entries.length; at += AUXV_ENTRY_BYTES) {
    if (entries.readBigUInt64LE(at) === PAGE_SIZE_ENTRY) return Number(entries.readBigUInt64LE(at + 8))
  }
  return 4_096
}
