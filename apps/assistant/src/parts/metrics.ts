import { statfs } from 'node:fs/promises'
import { definePart } from '@pluggram/assembly'
import { createAssistantMetrics } from '@pluggram/observability'
import { folders, metrics } from './tokens.ts'

/** The metrics shown at `/metrics`. */
export const assistantMetrics = definePart({
  name: 'metrics',
  needs: { folders },
  gives: metrics,
  start({ folders: { data } }) {
    const made = createAssistantMetrics()
    made.show('data_disk_free_bytes', async () => {
      const { bavail, bsize } = await statfs(data)
      return bavail * bsize
    })
    made.show('data_disk_size_bytes', async () => {
      const { blocks, bsize } = await statfs(data)
      return blocks * bsize
    })
    return made
  },
})
