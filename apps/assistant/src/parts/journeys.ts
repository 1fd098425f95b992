import { definePart } from '@pluggram/assembly'
import { JourneyRecorder, KeptJourneys } from '@pluggram/observability'
import { registerJourneyRoutes } from '../http/journey-routes.ts'
import { createJourneyBook } from '../journey-book.ts'
import * as tokens from './tokens.ts'

/** What messages go through: the last in memory, the notable ones on disk. */
export const messageJourneys = definePart({
  name: 'journeys',
  needs: { settings: tokens.settings, storage: tokens.storage, mask: tokens.mask, logger: tokens.logger },
  gives: tokens.journeys,
  async start({ settings, storage, mask, logger }, life) {
    const keep = settings.at('journeys', 'keep')
    const days = settings.at('journeys', 'days')
    const recorder = new JourneyRecorder({ keep: keep.now, hide: mask.apply })
    life.onStop(keep.onChange((now) => recorder.resize(now)))
    const kept = new KeptJourneys({
      store: storage.journeys,
      days: days.now,
      onError: (error) => logger.warn('cannot keep what a message went through', { err: error }),
    })
    life.onStop(days.onChange((now) => kept.keepFor(now)))
    await kept.open()
    recorder.onEnd((journey) => kept.add(journey))
    life.onStop(() => kept.close())
    // memory first: what is about to be written comes from there
    life.add(tokens.forgetters, {
      forget(userId) {
        recorder.forget(userId)
        return storage.journeys.forget(userId)
      },
    })
    life.add(tokens.chatKeepers, {
      what: 'what its messages went through',
      move(from, to) {
        recorder.move(from, to)
        return storage.journeys.move(from, to)
      },
    })
    return recorder
  },
})

/** Shows them to the pages and to commands. */
export const journeysToRead = definePart({
  name: 'journey book',
  needs: { journeys: tokens.journeys, storage: tokens.storage },
  gives: tokens.journeyBook,
  start({ journeys, storage }, life) {
    const book = createJourneyBook(storage.journeys, journeys)
    life.add(tokens.routes, (server) => registerJourneyRoutes(server, book))
    return book
  },
})
