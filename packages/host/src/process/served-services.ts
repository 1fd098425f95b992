import { PluggramError, ScheduleError } from '@pluggram/sdk'
import type { ScheduledRun } from '@pluggram/sdk'
import { addSchedule } from '@pluggram/sdk/runtime'
import type { ScheduleRequest } from '@pluggram/sdk/runtime'
import type { HostServices } from '../local-services.ts'
import { decodeError } from '../rpc/wire-error.ts'
import { plainFields } from './plain-fields.ts'
import { RateLimit } from './rate-limit.ts'
import { ServedMetrics } from './served-metrics.ts'

/** Services with an own way across; all others are called by name. */
const SPECIAL = new Set([
  'logger',
  'captureException',
  'metrics',
  'store',
  'ai',
  'assistant',
  'http',
  'effects',
])
const LINES_PER_SECOND = 100
const LINES_BURST = 500

/** Gives a plugin process what it may use of the services, and nothing else. */
export class ServedServices {
  readonly #services: HostServices
  readonly #methods: Readonly<Record<string, readonly string[]>>
  readonly #metrics: ServedMetrics
  readonly #lines = new RateLimit(LINES_PER_SECOND, LINES_BURST)

  constructor(services: HostServices) {
    this.#services = services
    this.#methods = listMethods(services)
    this.#metrics = new ServedMetrics(services)
  }

  /** Service → its methods, for the process to offer. */
  get methods(): Readonly<Record<string, readonly string[]>> {
    return this.#methods
  }

  /** Lines of the log that were dropped since the last call. */
  takeDropped(): number {
    return this.#lines.takeRefused()
  }

  /** @throws what the service throws */
  async call([service, method, ...args]: readonly unknown[]): Promise<unknown> {
    if (typeof service !== 'string' || typeof method !== 'string' || !this.#offers(service, method)) {
      throw new PluggramError('permission-missing', `There is no ${String(service)}.${String(method)}.`)
    }
    const target: unknown = Reflect.get(this.#services, service)
    const member: unknown = Reflect.get(Object(target), method)
    return typeof member === 'function' ? (Reflect.apply(member, target, args) as unknown) : undefined
  }

  /** Adds a schedule; its function stays in the process, where it has a number. */
  addSchedule(
    [handler, request]: readonly unknown[],
    run: (handler: number, run: ScheduledRun) => Promise<void>,
  ): Promise<string> {
    const { times, options, task } = Object(request) as Partial<ScheduleRequest>
    if (typeof handler !== 'number' || !isRecord(times)) {
      throw new ScheduleError('A schedule of a wrong shape was asked for.')
    }
    const whole = { times, options: isRecord(options) ? options : {}, task }
    return addSchedule(this.#services.scheduler, whole, (scheduled) => run(handler, scheduled))
  }

  /** Takes a line for the log. */
  log(level: unknown, message: unknown, fields: unknown): void {
    if (!this.#lines.take()) return
    const known = (['debug', 'info', 'warn', 'error'] as const).find((name) => name === level) ?? 'info'
    this.#services.logger[known](String(message).slice(0, 8_000), toFields(fields))
  }

  /** Takes an error that the plugin reports. */
  exception(error: unknown, context: unknown): void {
    if (this.#lines.take()) {
      this.#services.captureException(decodeError(error), toFields(context))
    }
  }

  /** Takes what the plugin counted. */
  metrics(batch: unknown): void {
    this.#metrics.take(batch)
  }

  #offers(service: string, method: string): boolean {
    return Object.hasOwn(this.#methods, service) && this.#methods[service]?.includes(method) === true
  }
}

function listMethods(services: HostServices): Record<string, readonly string[]> {
  const entries = Object.entries(services)
    .filter(([name, value]) => !SPECIAL.has(name) && typeof value === 'object' && value !== null)
    .map(([name, value]): [string, readonly string[]] => [name, methodNames(Object(value) as object)])
  return Object.fromEntries(entries)
}

function methodNames(service: object): string[] {
  const prototype: unknown = Object.getPrototypeOf(service)
  const inherited =
    prototype === Object.prototype || typeof prototype !== 'object' || prototype === null
      ? []
      : Object.getOwnPropertyNames(prototype)
  return [...new Set([...Object.keys(service), ...inherited])].filter(
    (name) => name !== 'constructor' && typeof Reflect.get(service, name) === 'function',
  )
}

function toFields(input: unknown): Record<string, unknown> | undefined {
  const fields = plainFields(input)
  return isRecord(fields) ? fields : undefined
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}
