/** Short words for a user about a request that failed. `details` are for the log and hold no secrets. */
export class ApiError extends Error {
  readonly details: Readonly<Record<string, unknown>>

  constructor(message: string, details: Readonly<Record<string, unknown>> = {}, cause?: unknown) {
    super(message, { cause })
    this.details = details
  }
}
