import { definePart } from '@pluggram/assembly'
import { registerParkedRoutes } from '../http/parked-routes.ts'
import { replay, routes, storage, telegram } from './tokens.ts'

/** Updates that crashed the assistant repeatedly: a replay works on one again at once. */
export const parkedUpdates = definePart({
  name: 'parked updates',
  needs: { storage, telegram },
  gives: replay,
  start({ storage: { messages }, telegram: { pipeline } }, life) {
    life.add(routes, (server) => registerParkedRoutes(server, messages, pipeline))
    return (updateId) => pipeline.replay(updateId)
  },
})

/** Where no pipeline runs, the next start works on what is replayed. */
export const parkedOnDisk = definePart({
  name: 'parked updates',
  needs: { storage },
  gives: replay,
  start:
    ({ storage: { messages } }) =>
    (updateId) =>
      messages.replay(updateId),
})
