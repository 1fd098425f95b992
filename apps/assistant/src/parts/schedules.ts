import { definePart } from '@pluggram/assembly'
import { createScheduler, followManifests } from '../services/scheduler.ts'
import { board, healthChecks, logger, scheduler, storage } from './tokens.ts'

/** The plugins' schedules. None runs yet. */
export const schedules = definePart({
  name: 'schedules',
  needs: { storage, logger },
  gives: scheduler,
  start(needs, life) {
    const made = createScheduler(needs.storage.schedules, needs.logger)
    life.onStop(() => made.durable.close())
    life.add(healthChecks, { name: 'schedules', check: async () => ({ ...(await made.health()) }) })
    return made
  },
})

/** Runs schedules, including those in manifests. */
export const runSchedules = definePart({
  name: 'run schedules',
  needs: { scheduler, board },
  start(needs, life) {
    life.onOpen(() => {
      life.onStop(followManifests(needs.scheduler, needs.board.hosted))
      needs.scheduler.start()
      life.onStop(() => needs.scheduler.stop())
    })
  },
})
