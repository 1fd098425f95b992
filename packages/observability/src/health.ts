import { withinTime } from '@pluggram/base'
import type { Awaitable } from '@pluggram/sdk'

/** How one part is. `starting` and `failed` make the assistant not ready when the part is required. */
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

/** Asks every part how it is, each within three seconds. */
export class Health {
  readonly #components = new Map<string, Component>()

  /** Registers a part. A part that is not required may fail without the assistant being called not ready. */
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
