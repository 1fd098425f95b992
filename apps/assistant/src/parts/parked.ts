import { definePart } from '@pluggram/assembly'
import { registerParkedRoutes } from '../http/parked-routes.ts'
import { replay, routes, storage, telegram } from './tokens.ts'

/** Updates that crashed the assistant repeatedly. A replay retries one immediately. */
export const parkedUpdates = definePart({
  name: 'parked updates',
  needs: { storage, telegram },
  gives: replay,
  start({ storage: { messages }, telegram: { pipeline } }, life) {
    life.add(routes, (server) => registerParkedRoutes(server, messages, pipeline))
    return (updateId) => pipeline.replay(updateId)
  },
})

/** Without a pipeline, replayed updates are retried at the next start. */
export const parkedOnDisk = definePart({
  name: 'parked updates',
  needs: { storage },
  gives: replay,
  start:
    ({ storage: { messages } }) =>
    (updateId) =>
      messages.replay(updateId),
})
