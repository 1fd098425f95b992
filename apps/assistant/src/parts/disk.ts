import { statfs } from 'node:fs/promises'
import { definePart } from '@pluggram/assembly'
import { findingSources, folders, settings } from './tokens.ts'

const MEGABYTE = 1_048_576

/** Finds out when the disk of the data folder is nearly full: then nothing can be kept. */
export const roomOnDisk = definePart({
  name: 'room on disk',
  needs: { folders, settings },
  start(needs, life) {
    const section = needs.settings.at('alerts')
    life.add(findingSources, {
      name: 'the room on disk',
      async check() {
        const { bavail, bsize } = await statfs(needs.folders.data)
        const free = Math.floor((bavail * bsize) / MEGABYTE)
        if (free >= section.now.diskFreeMb) return []
        return [
          {
            id: 'storage.disk-low',
            severity: 'warning',
            what: `Only ${free} MB are free on the disk of the data folder.`,
            why: `alerts.disk_free_mb is ${section.now.diskFreeMb}. When the disk is full, no message can be kept or answered.`,
            fix: 'Delete what you do not need, such as old backups and logs, or move the home to a larger disk.',
          },
        ]
      },
    })
  },
})
