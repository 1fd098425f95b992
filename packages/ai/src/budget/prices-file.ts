import { readFileSync, statSync } from 'node:fs'
import { errorMessage } from '@pluggram/sdk'
import type { Logger } from '@pluggram/sdk'
import { parsePrices } from './prices.ts'
import type { Prices } from './prices.ts'

const MAX_BYTES = 1_048_576

/**
 * The owner's price list, read again when the file changes. While the file is invalid, the previous
 * prices stay in force, and the reason is logged once.
 */
export class PricesFile {
  readonly #path: string | undefined
  readonly #logger: Logger
  #prices: Prices = parsePrices(undefined)
  #seen = ''
  #problem: string | undefined

  constructor(path: string | undefined, logger: Logger) {
    this.#path = path
    this.#logger = logger
  }

  /** Why the file is invalid. */
  get problem(): string | undefined {
    return this.#problem
  }

  current(): Prices {
    if (this.#path === undefined) return this.#prices
    const state = stateOf(this.#path)
    if (state === this.#seen) return this.#prices
    this.#seen = state
    try {
      this.#prices = parsePrices(state === '' ? undefined : read(this.#path))
      this.#problem = undefined
    } catch (error) {
      this.#problem = `prices.json is not used: ${errorMessage(error)}. Correct it; the prices of before hold.`
      this.#logger.error(this.#problem)
    }
    return this.#prices
  }
}

/** A value that changes whenever the file does; '' when there is no file. */
function stateOf(path: string): string {
  const stats = statSync(path, { throwIfNoEntry: false })
  return stats ? `${stats.mtimeMs}:${stats.size}:${stats.ino}` : ''
}

function read(path: string): string {
  if (statSync(path).size > MAX_BYTES) throw new Error('it is larger than 1 MiB')
  return readFileSync(path, 'utf8')
}
