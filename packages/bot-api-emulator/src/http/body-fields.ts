import { DriverError } from '../driver-error.ts'

/** Reads named fields of a request's body or path, and rejects invalid ones by name. */
export class BodyFields {
  readonly #values: Readonly<Record<string, unknown>>

  constructor(body: unknown) {
    if (typeof body !== 'object' || body === null || Array.isArray(body)) {
      throw new DriverError(400, 'body-invalid', 'The body must be a JSON object.')
    }
    this.#values = { ...body }
  }

  get all(): Readonly<Record<string, unknown>> {
    return this.#values
  }

  string(name: string): string {
    const value = this.optionalString(name)
    if (value === undefined) throw invalid(name, 'a string')
    return value
  }

  optionalString(name: string): string | undefined {
    const value = this.#values[name]
    if (value === undefined || value === null) return undefined
    if (typeof value !== 'string') throw invalid(name, 'a string')
    return value
  }

  /** Accepts digits as a number, because path parameters and form fields are text. */
  number(name: string): number {
    const value = this.optionalNumber(name)
    if (value === undefined) throw invalid(name, 'a number')
    return value
  }

  optionalNumber(name: string): number | undefined {
    const value = this.#values[name]
    if (value === undefined || value === null) return undefined
    const number = typeof value === 'string' && value.trim() !== '' ? Number(value) : value
    if (typeof number !== 'number' || !Number.isFinite(number)) throw invalid(name, 'a number')
    return number
  }

  object(name: string): Readonly<Record<string, unknown>> {
    const value = this.#values[name]
    if (typeof value !== 'object' || value === null || Array.isArray(value)) throw invalid(name, 'an object')
    return { ...value }
  }

  numbers(name: string): number[] {
    const value = this.#values[name]
    if (!Array.isArray(value) || !value.every((entry) => typeof entry === 'number')) {
      throw invalid(name, 'a list of numbers')
    }
    return value
  }

  oneOf<const T extends string>(name: string, choices: readonly T[]): T {
    const value = this.#values[name]
    const choice = choices.find((candidate) => candidate === value)
    if (choice === undefined) throw invalid(name, `one of ${choices.join(', ')}`)
    return choice
  }
}

function invalid(name: string, expected: string): DriverError {
  return new DriverError(400, 'body-invalid', `"${name}" must be ${expected}.`)
}
