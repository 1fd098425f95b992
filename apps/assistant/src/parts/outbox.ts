import { definePart } from '@pluggram/assembly'
import { createOutbox } from '@pluggram/pipeline'
import { logger, outbox, storage } from './tokens.ts'

/** The outbox. Messages can be added before the sender runs. */
export const messageOutbox = definePart({
  name: 'outbox',
  needs: { storage, logger },
  gives: outbox,
  start: (needs) => createOutbox({ store: needs.storage.messages, logger: needs.logger }),
})
