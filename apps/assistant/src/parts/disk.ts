import { definePart } from '@pluggram/assembly'
import { findDiskLow } from '../find-disk-low.ts'
import { findingSources, folders, settings } from './tokens.ts'

/** Finds out when the disk of the data folder is nearly full. */
export const roomOnDisk = definePart({
  name: 'room on disk',
  needs: { folders, settings },
  start(needs, life) {
    const section = needs.settings.at('alerts')
    life.add(findingSources, {
      name: 'the room on disk',
      check: () => findDiskLow(needs.folders.data, section.now.diskFreeMb),
    })
  },
})
