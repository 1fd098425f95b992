import { readdir, readFile } from 'node:fs/promises'

/** Megabytes that a process holds; `undefined` when it has ended. */
export async function residentMegabytes(pid: number): Promise<number | undefined> {
  const status = await readStatus(pid)
  if (status === undefined || /^State:\s+[ZX]/m.test(status)) return undefined
  return Number(/^VmRSS:\s+(\d+)/m.exec(status)?.[1] ?? 0) / 1_024
}

/** How many processes have this parent and have not ended. */
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
