/** A call that failed at the assistant (`status` 4xx or 5xx) or never reached it (`status` 0). */
export class ApiError extends Error {
  override readonly name = 'ApiError'
  readonly status: number
  readonly code: string

  constructor(status: number, code: string, message: string, options?: ErrorOptions) {
    super(message, options)
    this.status = status
    this.code = code
  }
}

/** Parses `{ error: { code, message } }`; for any other body, creates a message with the status. */
export function errorFromBody(status: number, body: unknown): ApiError {
  const error = isRecord(body) ? body['error'] : undefined
  const code = isRecord(error) && typeof error['code'] === 'string' ? error['code'] : `http-${status}`
  const message =
    isRecord(error) && typeof error['message'] === 'string'
      ? error['message']
      : `The assistant answered with status ${status}; its log says why.`
  return new ApiError(status, code, message)
}

/** The error for a call without a response. */
export function unreachableError(cause?: unknown): ApiError {
  return new ApiError(0, 'unreachable', 'The assistant cannot be reached. Is it still running?', { cause })
}

export function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}
