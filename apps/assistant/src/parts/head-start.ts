import { setTimeout as sleep } from 'node:timers/promises'
import { definePart } from '@pluggram/assembly'
import { board, firstStarts } from './tokens.ts'

/** Plugins get so much time before the first message, or three times what the assistant itself needed on a slow machine. */
const HEAD_START_MS = 3_000
const LONGEST_HEAD_START_MS = 10_000

/** Lets plugins start before the first message. One that takes longer joins later: only what may be for it waits. */
export const headStart = definePart({
  name: 'head start of plugins',
  needs: { firstStarts },
  start(needs, life) {
    life.onOpen(async () => {
      const needed = HEAD_START_MS * process.uptime()
      const limit = Math.min(Math.max(HEAD_START_MS, needed), LONGEST_HEAD_START_MS)
      await Promise.race([Promise.all(needs.firstStarts), sleep(limit, undefined, { ref: false })])
    })
  },
})

/** Waits for every plugin: who only serves tools offers all of them, or none. */
export const waitForPlugins = definePart({
  name: 'wait for plugins',
  needs: { board },
  start(needs, life) {
    life.onOpen(() => needs.board.whenStarted())
  },
})
