import { timingSafeEqual } from 'node:crypto'
import { wait } from '@pluggram/base'
import { PluggramError } from '@pluggram/sdk'

/** A request header, as Node provides it: an array when it was sent more than once. */
export type HeaderValue = string | readonly string[] | undefined

/** The longest secret that Telegram allows (Bot API: setWebhook). */
const LONGEST = 256
const OLD_SECRET_MILLISECONDS = 60_000

/**
 * Creates the check of the header `X-Telegram-Bot-Api-Secret-Token`. Both values are padded and
 * compared in constant time, so that the time of a refusal reveals neither the secret nor its
 * length.
 * @throws PluggramError `config-invalid` when Telegram would reject the secret
 */
export function createSecretCheck(secret: string): (header: HeaderValue) => boolean {
  if (!/^[\w-]{1,256}$/.test(secret)) {
    throw new PluggramError(
      'config-invalid',
      'TELEGRAM_WEBHOOK_SECRET must be 1 to 256 letters, digits, _ or - (Bot API: setWebhook)',
    )
  }
  const expected = Buffer.alloc(LONGEST)
  expected.write(secret, 'latin1')
  const given = Buffer.alloc(LONGEST)
  return (header) => {
    if (typeof header !== 'string' || header.length > LONGEST) return false
    given.fill(0).write(header, 'latin1')
    return timingSafeEqual(given, expected)
  }
}

/** The webhook's secret, and for a while the one before it. */
export class WebhookSecrets {
  #current: string
  #checks: readonly ReturnType<typeof createSecretCheck>[]

  /** @throws PluggramError `config-invalid` when Telegram would reject the secret */
  constructor(secret: string) {
    this.#current = secret
    this.#checks = [createSecretCheck(secret)]
  }

  get current(): string {
    return this.#current
  }

  readonly check = (header: HeaderValue): boolean => this.#checks.some((check) => check(header))

  /** Tells Telegram another one. Deliveries under way still carry the old one, so it counts a minute longer. */
  async renew(secret: string, tell: () => Promise<unknown>, signal: AbortSignal): Promise<void> {
    this.#checks = [createSecretCheck(secret), ...this.#checks]
    this.#current = secret
    try {
      await tell()
      await wait(OLD_SECRET_MILLISECONDS, signal)
      this.#checks = this.#checks.slice(0, 1)
    } catch {
      // the assistant stops; the next start tells Telegram
    }
  }
}
