import { DatabaseError } from '@pluggram/sdk'
import type { ResultLimits } from './sqlite-work.ts'

/** Collects rows and stops at the limit. */
export class RowCollector {
  readonly rows: Record<string, unknown>[] = []
  isCut = false
  readonly #label: string
  readonly #limits: ResultLimits
  #bytes = 0

  constructor(label: string, limits: ResultLimits) {
    this.#label = label
    this.#limits = limits
  }

  /**
   * @returns false when no more rows are wanted
   * @throws DatabaseError `database-limit`
   */
  add(row: Record<string, unknown>): boolean {
    const { maxRows, maxBytes, mayCut } = this.#limits
    if (this.rows.length >= maxRows) {
      if (!mayCut) throw this.#error(`the result has more than ${maxRows} rows; use LIMIT`)
      this.isCut = true
      return false
    }
    for (const value of Object.values(row)) this.#bytes += sizeOf(value)
    if (this.#bytes > maxBytes) {
      throw this.#error(`the result is larger than ${maxBytes / 1_048_576} MiB; ask for less`)
    }
    this.rows.push({ ...row })
    return true
  }

  #error(words: string): DatabaseError {
    return new DatabaseError('database-limit', `${this.#label}: ${words}.`)
  }
}

function sizeOf(value: unknown): number {
  if (typeof value === 'string') return value.length * 2
  if (value instanceof Uint8Array) return value.byteLength
  if (typeof value === 'object' && value !== null && !(value instanceof Date)) {
    return JSON.stringify(value).length * 2
  }
  return 8
}
