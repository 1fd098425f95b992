import { timingSafeEqual } from 'node:crypto'
import { PluggramError } from '@pluggram/sdk'

/** A request header, as Node provides it: an array when it was sent more than once. */
export type HeaderValue = string | readonly string[] | undefined

/** The longest secret that Telegram allows (Bot API: setWebhook). */
const LONGEST = 256

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
