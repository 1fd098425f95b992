import { statfs } from 'node:fs/promises'
import type { Found } from '@pluggram/observability'

const MEGABYTE = 1_048_576

/** Says when the disk of a folder is nearly full: then nothing can be kept. */
export async function findDiskLow(folder: string, leastMb: number): Promise<Found[]> {
  const { bavail, bsize } = await statfs(folder)
  const free = Math.floor((bavail * bsize) / MEGABYTE)
  if (free >= leastMb) return []
  return [
    {
      id: 'storage.disk-low',
      severity: 'warning',
      what: `Only ${free} MB are free on the disk of the data folder.`,
      why: `alerts.disk_free_mb is ${leastMb}. When the disk is full, no message can be kept or answered.`,
      fix: 'Delete what you do not need, such as old backups and logs, or move the home to a larger disk.',
    },
  ]
}
