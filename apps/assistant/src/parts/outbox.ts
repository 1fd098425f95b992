import { definePart } from '@pluggram/assembly'
import { createOutbox } from '@pluggram/pipeline'
import { logger, outbox, storage } from './tokens.ts'

/** What is to be sent; messages can be added before anything sends them. */
export const messageOutbox = definePart({
  name: 'outbox',
  needs: { storage, logger },
  gives: outbox,
  start: (needs) => createOutbox({ store: needs.storage.messages, logger: needs.logger }),
})
