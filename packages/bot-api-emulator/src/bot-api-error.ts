/** Additional data of some errors, as in Telegram's `ResponseParameters`. */
export interface BotApiErrorParameters {
  readonly retry_after?: number
  readonly migrate_to_chat_id?: number
}

/** An error in Telegram's format: `{ ok: false, error_code, description, parameters? }`. */
export class BotApiError extends Error {
  readonly code: number
  readonly parameters: BotApiErrorParameters | undefined

  constructor(code: number, description: string, parameters?: BotApiErrorParameters) {
    super(description)
    this.name = 'BotApiError'
    this.code = code
    this.parameters = parameters
  }
}

/** `400 Bad Request: …`. The detail starts in lower case, as Telegram's does. */
export function badRequest(detail: string, parameters?: BotApiErrorParameters): BotApiError {
  return new BotApiError(400, `Bad Request: ${detail}`, parameters)
}

/** `403 Forbidden: …` */
export function forbidden(detail: string): BotApiError {
  return new BotApiError(403, `Forbidden: ${detail}`)
}
