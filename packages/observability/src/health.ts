import { withinTime } from '@pluggram/base'
import type { Awaitable } from '@pluggram/sdk'
import type { ComponentHealth } from './component-health.ts'
import { healthSentence } from './health-sentence.ts'
import type { Activity } from './health-sentence.ts'

export interface HealthReport {
  readonly status: 'ready' | 'not-ready'
  /** How it is, in a sentence or two. */
  readonly summary: string
  readonly components: Readonly<Record<string, ComponentHealth>>
}

/** A component to look at. */
export interface HealthCheck {
  readonly name: string
  check(): Awaitable<ComponentHealth>
  /** Whether the assistant counts as not ready when it fails. Default: yes. */
  readonly isRequired?: boolean
}

export interface HealthOptions {
  /** May grow. */
  readonly checks: readonly HealthCheck[]
  activity(): Activity
}

const CHECK_TIMEOUT_MS = 3_000

/** Checks the health of all components, each within three seconds. */
export class Health {
  readonly #options: HealthOptions
  #last: { readonly report: Promise<HealthReport>; readonly at: number } | undefined

  constructor(options: HealthOptions) {
    this.#options = options
  }

  /** @param maxAgeMs a report of this age will do. Default: a new one is made */
  report(maxAgeMs = 0): Promise<HealthReport> {
    const now = performance.now()
    if (this.#last && now - this.#last.at < maxAgeMs) return this.#last.report
    const report = this.#look()
    this.#last = { report, at: now }
    return report
  }

  async #look(): Promise<HealthReport> {
    const { checks, activity } = this.#options
    const looked = await Promise.all(checks.map(async (check) => ({ check, health: await run(check) })))
    const isReady = looked.every(
      ({ check: { isRequired = true }, health: { status } }) =>
        !isRequired || status === 'ok' || status === 'degraded',
    )
    const components = Object.fromEntries(looked.map(({ check: { name }, health }) => [name, health]))
    const status = isReady ? 'ready' : 'not-ready'
    return { status, summary: healthSentence({ isReady, components }, activity()), components }
  }
}

async function run({ check }: HealthCheck): Promise<ComponentHealth> {
  try {
    return await withinTime(Promise.resolve().then(check), CHECK_TIMEOUT_MS, () => ({
      status: 'failed',
      reason: 'no answer within 3 s',
    }))
  } catch {
    return { status: 'failed', reason: 'the check itself failed' }
  }
}
