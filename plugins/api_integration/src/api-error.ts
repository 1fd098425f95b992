/**
 * A short message for a user about a failed request. `details` are for the log and contain no
 * secrets.
 */
export class ApiError extends Error {
  readonly details: Readonly<Record<string, unknown>>

  constructor(message: string, details: Readonly<Record<string, unknown>> = {}, cause?: unknown) {
    super(message, { cause })
    this.details = details
  }
}
