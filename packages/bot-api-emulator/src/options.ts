import { randomBytes, randomInt } from 'node:crypto'

/** A logger such as pino's; only these two methods are used. */
export interface EmulatorLogger {
  debug(details: object, message: string): void
  warn(details: object, message: string): void
}

export interface BotApiEmulatorOptions {
  /** Address to listen on. Default 127.0.0.1. */
  readonly host?: string
  /** Default 0: any free port. */
  readonly port?: number
  /** The bot's token. Default: a random well-formed one. */
  readonly token?: string
  readonly bot?: {
    readonly username?: string
    readonly firstName?: string
    /**
     * With group privacy on, the bot only receives messages meant for it in groups. Default off.
     */
    readonly groupPrivacy?: boolean
  }
  /** The result of an earlier emulator's `saveState`. Its token and chats are restored. */
  readonly state?: Uint8Array
  /** Mounts the chat driver, faults, control and the call journal under `/emulator`. Default on. */
  readonly driverRoutes?: boolean
  /**
   * Whether to download files that a bot references by web address, as Telegram does. Default off,
   * because these requests can reach this machine's network.
   */
  readonly fetchWebFiles?: boolean
  readonly logger?: EmulatorLogger
  readonly webhook?: {
    /** First delay after a failed delivery; doubles with each failure. Default 1,000. */
    readonly firstRetryMs?: number
    /** The maximum delay. Default 60,000. */
    readonly maxRetryMs?: number
    /** How long a webhook may take to answer. Default 60,000. */
    readonly timeoutMs?: number
  }
  readonly limits?: {
    /** Messages kept per chat. Default 5,000. */
    readonly messagesPerChat?: number
    /** Calls kept in the journal. Default 2,000. */
    readonly recordedCalls?: number
    /** Total bytes of all files. Default 512 MB. */
    readonly fileBytes?: number
  }
}

/** Limit of uploads in one request, as in Telegram. */
export const MAX_UPLOAD_BYTES = 50 * 1024 * 1024
export const MAX_BODY_BYTES = MAX_UPLOAD_BYTES + 1024 * 1024
/** Bots can download files up to 20 MB. */
export const MAX_DOWNLOAD_BYTES = 20 * 1024 * 1024

const TOKEN = /^(\d{1,15}):[\w-]{30,64}$/

/** The bot's user id, which its token starts with. */
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
