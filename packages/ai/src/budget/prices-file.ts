import { readFileSync, statSync } from 'node:fs'
import { errorMessage } from '@pluggram/sdk'
import type { Logger } from '@pluggram/sdk'
import { parsePrices } from './prices.ts'
import type { Prices } from './prices.ts'

const MAX_BYTES = 1_048_576

/**
 * The prices in a file of the owner's, read again when it changes. While it cannot be used, the prices of before hold,
 * and the log says why, once.
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

  /** Why the file cannot be used. */
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

/** Changes whenever the file does; '' when there is none. */
function stateOf(path: string): string {
  const stats = statSync(path, { throwIfNoEntry: false })
  return stats ? `${stats.mtimeMs}:${stats.size}:${stats.ino}` : ''
}

function read(path: string): string {
  if (statSync(path).size > MAX_BYTES) throw new Error('it is larger than 1 MiB')
  return readFileSync(path, 'utf8')
}
