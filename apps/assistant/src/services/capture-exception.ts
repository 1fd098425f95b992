import { problemLevel } from '@pluggram/observability'
import type { AssistantMetrics } from '@pluggram/observability'
import { errorMessage } from '@pluggram/sdk'
import type { Logger, Services } from '@pluggram/sdk'

/** Reports a plugin's error to the log and the metrics. */
export function createCaptureException(
  plugin: string,
  { logger, metrics }: { readonly logger: Logger; readonly metrics: AssistantMetrics },
): Services['captureException'] {
  return (error, context) => {
    const fields = { ...context, err: error }
    if (problemLevel('error', fields) !== 'info') metrics.exceptionCaptured(plugin)
    logger.error(errorMessage(error), fields)
  }
}
