import { isSame } from './is-same.ts'

/** Wrong passwords of one client that are checked at once. */
const FREE_TRIES = 10
/** After those, one password of the client is checked in this time. */
const PAUSE_MS = 1_000
/** How many passwords of one client may wait; the oldest gives way. */
const MAX_WAITING = 20
const FORGET_MS = 15 * 60_000
const MAX_CLIENTS = 10_000

interface Client {
  wrong: number
  lastAt: number
  /** The newest last. */
  readonly waiting: ((hasTurn: boolean) => void)[]
  timer: NodeJS.Timeout | undefined
}

export type PasswordAnswer = 'right' | 'wrong' | 'wait'

/**
 * Compares what somebody sends with the owner's password, at every door. It slows down guessing
 * without locking anybody out: each client has a count of its own, and after ten wrong passwords
 * one is checked each second, the newest first. Whoever sends the right one gets in, whatever others
 * send meanwhile.
 */
export class PasswordDoor {
  readonly #password: () => string | undefined
  readonly #clients = new Map<string, Client>()

  /** @param password the one that counts now; without one, nothing is right */
  constructor(password: () => string | undefined) {
    this.#password = password
  }

  /** False while the owner has no password. */
  get isOpen(): boolean {
    return this.#password() !== undefined
  }

  /**
   * @param client who is asking: an address, or a device that was logged in before
   * @returns `wait` when too many of the client's passwords were waiting
   */
  async check(given: string, client: string): Promise<PasswordAnswer> {
    const state = this.#clientOf(client)
    if (state.wrong >= FREE_TRIES && !(await this.#turn(state))) return 'wait'
    state.lastAt = Date.now()
    const password = this.#password()
    if (password !== undefined && isSame(given, password)) {
      state.wrong = 0
      return 'right'
    }
    state.wrong += 1
    return 'wrong'
  }

  #clientOf(client: string): Client {
    const known = this.#clients.get(client)
    if (known && (known.waiting.length > 0 || known.lastAt > Date.now() - FORGET_MS)) return known
    if (this.#clients.size >= MAX_CLIENTS) this.#forgetOldest()
    const created: Client = { wrong: 0, lastAt: Date.now(), waiting: [], timer: undefined }
    this.#clients.delete(client)
    this.#clients.set(client, created)
    return created
  }

  /** Waits for a turn; false when newer passwords of the client took all places. */
  #turn(state: Client): Promise<boolean> {
    const { promise, resolve } = Promise.withResolvers<boolean>()
    state.waiting.push(resolve)
    if (state.waiting.length > MAX_WAITING) state.waiting.shift()?.(false)
    this.#schedule(state)
    return promise
  }

  #schedule(state: Client): void {
    state.timer ??= setTimeout(() => {
      state.timer = undefined
      state.waiting.pop()?.(true)
      if (state.waiting.length > 0) this.#schedule(state)
    }, PAUSE_MS).unref()
  }

  #forgetOldest(): void {
    for (const [client, { waiting }] of this.#clients) {
      if (waiting.length > 0) continue
      this.#clients.delete(client)
      return
    }
  }
}
