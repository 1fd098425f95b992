import { definePart } from '@pluggram/assembly'
import { startErrorReports } from '../services/error-reports.ts'
import { configuration, logger, mask, ownLogger } from './tokens.ts'

/** With `SENTRY_DSN`, logged errors are also sent to Sentry. */
export const errorReports = definePart({
  name: 'error reports',
  needs: { configuration, ownLogger, mask },
  gives: logger,
  start(needs, life) {
    const reporting = startErrorReports({
      configuration: needs.configuration,
      logger: needs.ownLogger,
      mask: needs.mask,
    })
    life.onStop(() => reporting.close())
    return reporting.logger
  },
})
