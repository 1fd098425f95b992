import { randomBytes, randomInt } from 'node:crypto'

/** A logger such as pino's; only these two are used. */
export interface EmulatorLogger {
  debug(details: object, message: string): void
  warn(details: object, message: string): void
}

export interface BotApiEmulatorOptions {
  /** Address to listen on; 127.0.0.1 unless told. */
  readonly host?: string
  /** 0, the default, takes a free port. */
  readonly port?: number
  /** The bot's token; a random well-formed one unless told. */
  readonly token?: string
  readonly bot?: {
    readonly username?: string
    readonly firstName?: string
    /** With group privacy on, a bot sees only what is meant for it in groups. Off unless told. */
    readonly groupPrivacy?: boolean
  }
  /** What `saveState` of an earlier emulator gave; its token and chats are taken over. */
  readonly state?: Uint8Array
  /** Mounts the chat driver, faults, control and the call journal under `/emulator`. On unless told. */
  readonly driverRoutes?: boolean
  /**
   * Whether files that a bot names by a web address are fetched, as Telegram does. Off unless told: the
   * requests would come from this machine, and so would see its network.
   */
  readonly fetchWebFiles?: boolean
  readonly logger?: EmulatorLogger
  readonly webhook?: {
    /** First wait after a failed delivery; it doubles with each failure. 1,000 unless told. */
    readonly firstRetryMs?: number
    /** The longest wait. 60,000 unless told. */
    readonly maxRetryMs?: number
    /** How long a webhook may take to answer. 60,000 unless told. */
    readonly timeoutMs?: number
  }
  readonly limits?: {
    /** Messages kept per chat. 5,000 unless told. */
    readonly messagesPerChat?: number
    /** Calls kept in the journal. 2,000 unless told. */
    readonly recordedCalls?: number
    /** Bytes of all files together. 512 MB unless told. */
    readonly fileBytes?: number
  }
}

/** Largest body of one request: Telegram takes uploads up to 50 MB, and fields need some room. */
export const MAX_UPLOAD_BYTES = 50 * 1024 * 1024
export const MAX_BODY_BYTES = MAX_UPLOAD_BYTES + 1024 * 1024
/** Bots can download files up to 20 MB. */
export const MAX_DOWNLOAD_BYTES = 20 * 1024 * 1024

const TOKEN = /^(\d{1,15}):[\w-]{30,64}$/

/** The id a token starts with, which is the bot's user id. */
export function botIdOfToken(token: string): number {
  const id = TOKEN.exec(token)?.[1]
  if (id === undefined) {
    throw new TypeError(
      'The bot token must look like 123456789:AA…, digits and a colon before 30 to 64 letters, digits, _ or -.',
    )
  }
  return Number(id)
}

export function randomToken(): string {
  return `${randomInt(1_000_000_000, 9_999_999_999)}:AA${randomBytes(25).toString('base64url').slice(0, 33)}`
}
