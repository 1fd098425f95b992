import type { LoadedConfiguration } from '@pluggram/config'
import { createSentryReporter, reportErrors } from '@pluggram/observability'
import type { RootLogger, SecretMask } from '@pluggram/observability'

const CLOSE_MS = 1_000

/** With `SENTRY_DSN`, logged errors are also sent to Sentry. Without it, nothing is loaded. */
export function startErrorReports(options: {
  readonly configuration: LoadedConfiguration
  readonly logger: RootLogger
  readonly mask: SecretMask
}): { readonly logger: RootLogger; close(): Promise<void> } {
  const { configuration, logger, mask } = options
  const dsn = configuration.environment.SENTRY_DSN
  if (dsn === undefined || dsn === '') return { logger, close: async () => {} }
  const sentry = createSentryReporter({ dsn, mask, onProblem: (message) => logger.warn(message) })
  return {
    logger: reportErrors(logger, (error, context) => sentry.report(error, context)),
    close: () => sentry.close(CLOSE_MS),
  }
}
