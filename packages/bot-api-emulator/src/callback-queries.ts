import { randomInt } from 'node:crypto'

export interface OpenQuery {
  readonly id: string
  readonly chatId: number
  readonly createdAt: number
}

/** How long a query can be answered. */
const LIFETIME_MS = 15 * 60 * 1000
const MAX_OPEN = 10_000

/** Callback queries waiting for an answer. */
export class CallbackQueries {
  readonly #open = new Map<string, OpenQuery>()

  create(chatId: number): OpenQuery {
    const id = `${randomInt(1e8, 1e9)}${randomInt(1e9, 1e10)}`
    const query = { id, chatId, createdAt: Date.now() }
    this.#open.set(id, query)
    if (this.#open.size > MAX_OPEN) {
      for (const oldest of this.#open.keys()) {
        this.#open.delete(oldest)
        break
      }
    }
    return query
  }

  /**
   * Marks a query as answered and returns it; undefined if it is unknown, already answered or too
   * old.
   */
  answer(id: string): OpenQuery | undefined {
    const query = this.#open.get(id)
    this.#open.delete(id)
    return query && query.createdAt + LIFETIME_MS > Date.now() ? query : undefined
  }
}
