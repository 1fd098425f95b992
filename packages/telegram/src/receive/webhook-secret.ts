import { timingSafeEqual } from 'node:crypto'
import { PluggramError } from '@pluggram/sdk'

/** A request header as Node gives it: an array when it was sent more than once. */
export type HeaderValue = string | readonly string[] | undefined

/** The longest secret that Telegram takes (Bot API: setWebhook). */
const LONGEST = 256

/**
 * Makes the check of the header `X-Telegram-Bot-Api-Secret-Token`. Both are filled up to the
 * longest secret and compared in constant time, so that neither the secret's text nor its length
 * shows in how long a refusal takes.
 * @throws PluggramError `config-invalid` when Telegram would not take the secret
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
