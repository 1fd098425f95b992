import { readFile } from 'node:fs/promises'

/** What the kernel says about a process. */
export interface ProcessUsage {
  /** Memory in use, in bytes. */
  readonly residentBytes: number
  /** Memory that counts against the limit on data. */
  readonly dataBytes: number
  /** Processor time used so far, in seconds. */
  readonly cpuSeconds: number
  readonly isStopped: boolean
}

/** Linux counts processor time for programs in hundredths of a second, on every architecture. */
const TICKS_PER_SECOND = 100

/** Reads /proc; `undefined` where there is none, or when the process is gone. */
export async function readUsage(pid: number): Promise<ProcessUsage | undefined> {
  try {
    const [status, stat] = await Promise.all([
      readFile(`/proc/${pid}/status`, 'latin1'),
      readFile(`/proc/${pid}/stat`, 'latin1'),
    ])
    const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ')
    return {
      residentBytes: kilobytes(status, 'VmRSS'),
      dataBytes: kilobytes(status, 'VmData'),
      cpuSeconds: (Number(fields[11]) + Number(fields[12])) / TICKS_PER_SECOND,
      isStopped: fields[0] === 'T' || fields[0] === 't',
    }
  } catch {
    return undefined
  }
}

function kilobytes(status: string, name: string): number {
  return Number(new RegExp(`^${name}:\\s+(\\d+) kB`, 'm').exec(status)?.[1] ?? 0) * 1_024
}
