import { definePart } from '@pluggram/assembly'
import { BlockedLoop, watchEventLoop } from '@pluggram/observability'
import { watchFlow } from '../health/watch-flow.ts'
import { board, logger, metrics } from './tokens.ts'

/** Watches the event loop, and finds the code that blocks it. */
export const eventLoop = definePart({
  name: 'event loop',
  needs: { board, logger, metrics },
  start(needs, life) {
    const blocked = new BlockedLoop(needs.logger)
    const loop = watchEventLoop((lateMs) => blocked.beat(lateMs))
    life.onStop(() => blocked.close())
    life.onStop(() => loop.stop())
    needs.metrics.show('nodejs_eventloop_delay_seconds', () => loop.longestSeconds())
    needs.metrics.show('nodejs_eventloop_blocks_total', () => blocked.count)
    watchFlow(life, { name: 'event loop', isRequired: false, check: () => blocked.health() })
    // code that the owner trusts runs inside the assistant
    const lookForTrusted = (): void => {
      const isTrusted = needs.board
        .states()
        .some(
          ({ origin, isolation, state }) => origin === 'home' && isolation === 'inline' && state !== 'off',
        )
      if (isTrusted) blocked.watchClosely()
    }
    life.onOpen(() => {
      lookForTrusted()
      life.onStop(needs.board.hosted.onChange(lookForTrusted))
    })
  },
})
