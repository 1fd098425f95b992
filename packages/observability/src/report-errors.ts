import type { RootLogger } from './logger.ts'
import { problemLevel } from './repeated-problems.ts'

/**
 * Wraps a logger so that logged errors are also passed to `report`, with the fields of their line.
 */
export function reportErrors(
  logger: RootLogger,
  report: (error: Error, context: Readonly<Record<string, unknown>>) => void,
  own: Readonly<Record<string, unknown>> = {},
): RootLogger {
  const tell = (fields: Readonly<Record<string, unknown>> | undefined): void => {
    const { err, error: _message, ...context } = { ...own, ...fields } as Record<string, unknown>
    if (err instanceof Error && problemLevel('error', fields) === 'error') report(err, context)
  }
  return {
    ...logger,
    error(message, fields) {
      logger.error(message, fields)
      tell(fields)
    },
    fatal(message, fields) {
      logger.fatal(message, fields)
      tell(fields)
    },
    child: (fields) => reportErrors(logger.child(fields), report, { ...own, ...fields }),
    everyTime: () => reportErrors(logger.everyTime(), report, own),
  }
}
