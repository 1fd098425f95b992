import { definePart } from '@pluggram/assembly'
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
  },
})
