import { definePart } from '@pluggram/assembly'
import { createServiceManager } from '../service-manager.ts'
import { health, logger, mask, serviceManager, telegram } from './tokens.ts'

/** Tells systemd how the assistant is, where it runs as a service that does so. */
export const serviceNotices = definePart({
  name: 'service manager',
  needs: { health, telegram, mask, logger },
  gives: serviceManager,
  start(needs, life) {
    const manager = createServiceManager({
      environment: process.env,
      health: needs.health,
      hide: (text) => needs.mask.apply(text),
      isStuck: () => needs.telegram.isStuck(),
      logger: needs.logger,
    })
    life.onStop(() => manager.stop())
    return manager
  },
})
