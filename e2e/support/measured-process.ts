import { readdir, readFile } from 'node:fs/promises'

/** Memory of a process in megabytes; `undefined` if it has ended. */
export async function residentMegabytes(pid: number): Promise<number | undefined> {
  const status = await readStatus(pid)
  if (status === undefined || /^State:\s+[ZX]/m.test(status)) return undefined
  return Number(/^VmRSS:\s+(\d+)/m.exec(status)?.[1] ?? 0) / 1_024
}

/** The number of running child processes of this parent. */
export async function countChildren(parent: number): Promise<number> {
  const pids = (await readdir('/proc')).filter((name) => /^\d+$/.test(name)).map(Number)
  const statuses = await Promise.all(pids.map(readStatus))
  return statuses.filter(
    (status) =>
      status !== undefined &&
      Number(/^PPid:\s+(\d+)/m.exec(status)?.[1]) === parent &&
      !/^State:\s+[ZX]/m.test(status),
  ).length
}

async function readStatus(pid: number): Promise<string | undefined> {
  try {
    return await readFile(`/proc/${pid}/status`, 'latin1')
  } catch {
    return undefined
  }
}
