import { setTimeout as sleep } from 'node:timers/promises'
import { definePart } from '@pluggram/assembly'
import { board, firstStarts } from './tokens.ts'

/**
 * How long the first message waits for plugins. On a slow machine, three times as long as the
 * assistant's own startup.
 */
const HEAD_START_MS = 3_000
const LONGEST_HEAD_START_MS = 10_000

/**
 * Lets plugins start before the first message. If one takes longer, only messages that may be for
 * it wait.
 */
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

/** Waits for every plugin, so that a tools-only process never offers an incomplete list. */
export const waitForPlugins = definePart({
  name: 'wait for plugins',
  needs: { board },
  start(needs, life) {
    life.onOpen(() => needs.board.whenStarted())
  },
})
