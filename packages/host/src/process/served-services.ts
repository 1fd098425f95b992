import { serveServices } from '@pluggram/services/host-side'
import type { HostLink } from '@pluggram/services/host-side'
import type { HostServices } from '../start/local-services.ts'
import { decodeError } from '../wire/wire-error.ts'
import { plainFields } from './plain-fields.ts'
import { RateLimit } from './rate-limit.ts'

const LINES_PER_SECOND = 100
const LINES_BURST = 500

/** Answers a plugin process's calls to services, and nothing else. */
export class ServedServices {
  readonly #services: HostServices
  readonly #answer: ReturnType<typeof serveServices>
  readonly #lines = new RateLimit(LINES_PER_SECOND, LINES_BURST)

  constructor(services: HostServices, link: Omit<HostLink, 'logger'>) {
    this.#services = services
    this.#answer = serveServices(services, { ...link, logger: services.logger })
  }

  /** Log lines dropped since the last call. */
  takeDropped(): number {
    return this.#lines.takeRefused()
  }

  /** @throws what the service throws */
  async call([service, method, args]: readonly unknown[], signal: AbortSignal): Promise<unknown> {
    return this.#answer(service, method, Array.isArray(args) ? args : [], signal)
  }

  /** Passes a note to a service. No caller waits, so errors are dropped. */
  note(args: readonly unknown[]): void {
    this.call(args, AbortSignal.abort()).catch(() => {})
  }

  log(level: unknown, message: unknown, fields: unknown): void {
    if (!this.#lines.take()) return
    const known = (['debug', 'info', 'warn', 'error'] as const).find((name) => name === level) ?? 'info'
    this.#services.logger[known](String(message).slice(0, 8_000), toFields(fields))
  }

  /** Reports an error for the plugin. */
  exception(error: unknown, context: unknown): void {
    if (this.#lines.take()) {
      this.#services.captureException(decodeError(error), toFields(context))
    }
  }
}

function toFields(input: unknown): Record<string, unknown> | undefined {
  const fields = plainFields(input)
  return isRecord(fields) ? fields : undefined
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}
