import { definePart } from '@pluggram/assembly'
import { createOutbox } from '@pluggram/pipeline'
import { journeys, logger, outbox, storage } from './tokens.ts'

/** The outbox. Messages can be added before the sender runs. */
export const messageOutbox = definePart({
  name: 'outbox',
  needs: { storage, journeys, logger },
  gives: outbox,
  start: (needs) =>
    createOutbox({ store: needs.storage.messages, journeys: needs.journeys, logger: needs.logger }),
})
