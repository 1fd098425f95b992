import { withinTime } from '@pluggram/base'
import type { Awaitable } from '@pluggram/sdk'

/**
 * The health of one component. A required component that is `starting` or `failed` makes the
 * assistant not ready.
 */
export interface ComponentHealth {
  readonly status: 'ok' | 'starting' | 'degraded' | 'failed'
  readonly [detail: string]: unknown
}

export interface HealthReport {
  readonly status: 'ready' | 'not-ready'
  readonly components: Readonly<Record<string, ComponentHealth>>
}

interface Component {
  readonly isRequired: boolean
  readonly check: () => Awaitable<ComponentHealth>
}

const CHECK_TIMEOUT_MS = 3_000

/** Checks the health of all components, each within three seconds. */
export class Health {
  readonly #components = new Map<string, Component>()

  /** Registers a component. One that is not required may fail while the assistant stays ready. */
  register(name: string, check: Component['check'], options: { isRequired?: boolean } = {}): void {
    this.#components.set(name, { check, isRequired: options.isRequired ?? true })
  }

  async report(): Promise<HealthReport> {
    const entries = await Promise.all(
      [...this.#components].map(async ([name, component]) => [name, await run(component)] as const),
    )
    const isReady = entries.every(([name, { status }]) => {
      if (!this.#components.get(name)?.isRequired) return true
      return status === 'ok' || status === 'degraded'
    })
    return { status: isReady ? 'ready' : 'not-ready', components: Object.fromEntries(entries) }
  }
}

async function run({ check }: Component): Promise<ComponentHealth> {
  try {
    return await withinTime(Promise.resolve().then(check), CHECK_TIMEOUT_MS, () => ({
      status: 'failed',
      reason: 'no answer within 3 s',
    }))
  } catch {
    return { status: 'failed', reason: 'the check itself failed' }
  }
}
