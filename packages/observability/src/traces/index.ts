import type { Logger } from '@pluggram/sdk'
import type { JourneyRecorder } from '../journeys/journey-recorder.ts'
import { spanIdOf, spansOf, traceOf } from './journey-spans.ts'
import { readTraceSettings } from './otel-settings.ts'
import { TraceExporter } from './trace-exporter.ts'

export interface TracesOptions {
  readonly environment: Readonly<Record<string, string | undefined>>
  readonly journeys: JourneyRecorder
  /** The version of the assistant. */
  readonly version: string
  readonly logger: Logger
  /** Called with the values of headers, which may be secret. */
  onSecrets(secrets: readonly string[]): void
}

/** Shorter words occur in ordinary texts. */
const SHORTEST_SECRET = 8

/** What sends traces. */
export interface Traces {
  /** Where they go, and why they cannot be sent at the moment. */
  failure(): { readonly collector: string; readonly reason: string } | undefined
  close(milliseconds: number): Promise<void>
}

/** Sends each journey that is over to an OpenTelemetry collector, as OpenTelemetry's variables say. */
export function startTraces(options: TracesOptions): Traces {
  const { environment, journeys, version, logger } = options
  const { settings, problems } = readTraceSettings(environment, version)
  for (const problem of problems) logger.warn(problem)
  if (!settings) return { failure: () => undefined, close: async () => {} }
  // "Bearer KEY" is secret, and so is KEY; "Bearer" is not
  const words = Object.values(settings.headers).flatMap((value) => [value, ...value.split(' ')])
  options.onSecrets(words.filter((word) => word.length >= SHORTEST_SECRET))
  const exporter = new TraceExporter({ settings, version, logger })
  if (settings.isPropagating)
    journeys.traceparent = (step) => {
      const { id, isSampled } = traceOf(step.journey, settings.isSampled)
      return `00-${id}-${spanIdOf(step)}-${isSampled ? '01' : '00'}`
    }
  journeys.onEnd((journey) => {
    if (!journey.isForgotten && traceOf(journey, settings.isSampled).isSampled) exporter.add(spansOf(journey))
  })
  const { host: collector } = new URL(settings.url)
  logger.info('sending traces', { collector, protocol: settings.protocol })
  return {
    failure: () => (exporter.failure === undefined ? undefined : { collector, reason: exporter.failure }),
    close: (milliseconds) => exporter.close(milliseconds),
  }
}
