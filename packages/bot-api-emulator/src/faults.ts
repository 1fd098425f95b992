/** What happens to a matching call instead of, or in addition to, its normal answer. */
export type FaultEffect =
  | { readonly kind: 'too-many-requests'; readonly retryAfter: number }
  /** `html` answers with a page instead of JSON, as a proxy would. */
  | { readonly kind: 'server-error'; readonly status?: 500 | 502 | 503 | 504; readonly html?: boolean }
  /** The call continues after the delay. */
  | { readonly kind: 'delay'; readonly ms: number }
  /** The call is accepted and never answered; it takes no effect. */
  | { readonly kind: 'hang' }
  /** `getUpdates` answers at once that there is nothing, whatever waits. */
  | { readonly kind: 'no-updates' }
  /** The call takes effect, then the connection breaks. */
  | { readonly kind: 'drop-response' }
  /** The connection breaks before the call takes effect. */
  | { readonly kind: 'drop-request' }
  | { readonly kind: 'conflict' }
  /** The token is refused: 401 (revoked) or 404 (unknown). Default 401. */
  | { readonly kind: 'unauthorized'; readonly status?: 401 | 404 }
  | { readonly kind: 'forbidden'; readonly description?: string }
  /** Any other refusal, such as `400 Bad Request: TOPIC_CLOSED`. Default status 400. */
  | { readonly kind: 'refused'; readonly status?: number; readonly description: string }
  /** 200 with a body that is not JSON. */
  | { readonly kind: 'garbage'; readonly body?: string }

export type Fault = FaultEffect & {
  /** Method names, case-insensitive. Default: every method. */
  readonly method?: string | readonly string[]
  /** Only calls with this `chat_id`. */
  readonly chatId?: number
  /** How many calls it affects. Default 1. */
  readonly times?: number
}

interface ArmedFault {
  readonly effect: Fault
  readonly methods: ReadonlySet<string> | undefined
  left: number
}

/** Pending faults. Each call triggers at most one, the oldest that matches. */
export class FaultInjector {
  readonly #armed = new Set<ArmedFault>()

  /** Adds a fault; the returned function removes it. */
  add(fault: Fault): () => void {
    const times = fault.times ?? 1
    if (!(times >= 1)) throw new RangeError(`A fault's times must be 1 or more, not ${times}.`)
    const names = fault.method === undefined ? undefined : [fault.method].flat()
    const armed: ArmedFault = {
      effect: fault,
      methods: names && new Set(names.map((name) => name.toLowerCase())),
      left: times,
    }
    this.#armed.add(armed)
    return () => {
      this.#armed.delete(armed)
    }
  }

  clear(): void {
    this.#armed.clear()
  }

  /** How many calls the pending faults will still affect. */
  get remaining(): number {
    return this.#armed.values().reduce((sum, armed) => sum + armed.left, 0)
  }

  /** Returns the fault for a call and decrements its count. */
  take(method: string, chatId: number | undefined): Fault | undefined {
    if (this.#armed.size === 0) return undefined
    for (const armed of this.#armed) {
      if (armed.methods && !armed.methods.has(method.toLowerCase())) continue
      if (armed.effect.chatId !== undefined && armed.effect.chatId !== chatId) continue
      armed.left -= 1
      if (armed.left <= 0) this.#armed.delete(armed)
      return armed.effect
    }
    return undefined
  }
}
