import { definePart } from '@pluggram/assembly'
import type { Found } from '@pluggram/observability'
import { readVersion } from '../cli/read-version.ts'
import * as tokens from './tokens.ts'

const CLOSE_MS = 1_000

/** With OpenTelemetry's endpoint, journeys are also sent as traces. Without it, nothing is loaded. */
export const sentTraces = definePart({
  name: 'traces',
  needs: {
    configuration: tokens.configuration,
    journeys: tokens.journeys,
    mask: tokens.mask,
    logger: tokens.logger,
  },
  async start({ configuration, journeys, mask, logger }, life) {
    const { environment } = configuration.now
    const { OTEL_EXPORTER_OTLP_TRACES_ENDPOINT: own, OTEL_EXPORTER_OTLP_ENDPOINT: general } = environment
    if (!own && !general) return
    const { startTraces } = await import('@pluggram/observability/traces')
    const traces = startTraces({
      environment,
      journeys,
      version: readVersion(),
      logger,
      onSecrets: (secrets) => mask.add(secrets),
    })
    life.onStop(() => traces.close(CLOSE_MS))
    life.add(tokens.findingSources, {
      name: 'the sending of traces',
      check() {
        const failure = traces.failure()
        return failure ? [notSent(failure)] : []
      },
    })
  },
})

function notSent({ collector, reason }: { readonly collector: string; readonly reason: string }): Found {
  return {
    id: 'traces.not-sent',
    severity: 'warning',
    what: `Traces cannot be sent to ${collector}. No message waits for them.`,
    why: `Its last answer: ${reason}.`,
    fix: 'Start the collector, or correct OTEL_EXPORTER_OTLP_ENDPOINT and OTEL_EXPORTER_OTLP_HEADERS. Spans that do not fit the queue are lost.',
  }
}
