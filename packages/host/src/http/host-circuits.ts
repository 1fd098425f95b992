import { isPluggramError, LimitError } from '@pluggram/sdk'
import { LRUCache } from 'lru-cache'

export interface HostCircuitsOptions {
  /** Consecutive failures that open the circuit. Default 5. */
  readonly failures?: number
  /**
   * How long it first stays open, in milliseconds; doubled each time, up to a minute. Default
   * 5,000.
   */
  readonly openMs?: number
  /** Milliseconds on a steady clock; injected by tests. */
  readonly now?: () => number
}

interface Circuit {
  failures: number
  /** How often it was opened without a success in between. */
  openings: number
  openUntil: number
  /** Whether the trial request is in progress. */
  isTrying: boolean
}

const FAILURES = 5
const OPEN_MS = 5_000
const LONGEST_OPEN_MS = 60_000
const MAX_HOSTS = 500

/**
 * A circuit breaker for each host:
 *
 *   closed ──failures in a row──▶ open ──after a while──▶ half open: one request ──ok──▶ closed
 *                                  ▲                             │ fails
 *                                  └──────twice as long──────────┘
 *
 * Aborted and refused requests do not count.
 */
export class HostCircuits {
  readonly #failures: number
  readonly #openMs: number
  readonly #now: () => number
  readonly #circuits = new LRUCache<string, Circuit>({ max: MAX_HOSTS })

  constructor({
    failures = FAILURES,
    openMs = OPEN_MS,
    now = () => performance.now(),
  }: HostCircuitsOptions = {}) {
    this.#failures = failures
    this.#openMs = openMs
    this.#now = now
  }

  /** @throws LimitError `network-open` while the circuit is open; what `send` throws */
  async run(host: string, signal: AbortSignal, send: () => Promise<Response>): Promise<Response> {
    const circuit = this.#enter(host)
    const isTrial = circuit.openings > 0
    if (isTrial) circuit.isTrying = true
    try {
      const response = await send()
      if (response.status >= 500) this.#fail(circuit, isTrial)
      else this.#succeed(circuit)
      return response
    } catch (error) {
      const isHosts = isPluggramError(error) && error.code === 'network-failed'
      if (isHosts && !signal.aborted) this.#fail(circuit, isTrial)
      throw error
    } finally {
      if (isTrial) circuit.isTrying = false
    }
  }

  #enter(host: string): Circuit {
    const known = this.#circuits.get(host)
    const circuit = known ?? { failures: 0, openings: 0, openUntil: 0, isTrying: false }
    if (!known) this.#circuits.set(host, circuit)
    const wait = circuit.openUntil - this.#now()
    if (wait <= 0 && !circuit.isTrying) return circuit
    const retryAfterSeconds = Math.max(wait, 1_000) / 1_000
    throw new LimitError(
      'network-open',
      `${host} failed again and again; it is left alone for ${Math.ceil(retryAfterSeconds)} s more.`,
      { retryAfterSeconds },
    )
  }

  #succeed(circuit: Circuit): void {
    circuit.failures = 0
    circuit.openings = 0
  }

  #fail(circuit: Circuit, isTrial: boolean): void {
    circuit.failures += 1
    // requests that were in flight when the circuit opened do not count again
    if (circuit.openUntil > this.#now() || (circuit.failures < this.#failures && !isTrial)) return
    circuit.openings += 1
    circuit.failures = 0
    circuit.openUntil = this.#now() + Math.min(LONGEST_OPEN_MS, this.#openMs * 2 ** (circuit.openings - 1))
  }
}
