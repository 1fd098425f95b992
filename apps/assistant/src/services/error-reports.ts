import type { Live, LoadedConfiguration } from '@pluggram/config'
import { createSentryReporter, reportErrors } from '@pluggram/observability'
import type { RootLogger, SecretMask, SentryReporter } from '@pluggram/observability'

const CLOSE_MS = 1_000

/** With `SENTRY_DSN`, logged errors are also sent to Sentry. Without it, nothing is loaded. */
export function startErrorReports(options: {
  readonly configuration: Live<LoadedConfiguration>
  readonly logger: RootLogger
  readonly mask: SecretMask
}): { readonly logger: RootLogger; close(): Promise<void> } {
  const { configuration, logger, mask } = options
  const dsnOf = ({ environment }: LoadedConfiguration): string => environment.SENTRY_DSN ?? ''
  const open = (dsn: string): SentryReporter | undefined =>
    dsn === '' ? undefined : createSentryReporter({ dsn, mask, onProblem: (message) => logger.warn(message) })
  let sentry = open(dsnOf(configuration.now))
  const stop = configuration.onChange((now, before) => {
    const dsn = dsnOf(now)
    if (dsn === dsnOf(before)) return
    // what it was given already still goes to the old project
    void sentry?.close(CLOSE_MS)
    sentry = open(dsn)
    logger.info(sentry ? 'errors go to another Sentry project' : 'errors are no longer sent to Sentry')
  })
  return {
    logger: reportErrors(logger, (error, context) => sentry?.report(error, context)),
    async close() {
      stop()
      await sentry?.close(CLOSE_MS)
    },
  }
}
