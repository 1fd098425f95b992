import { parseProxyAddress } from '@pluggram/base'
import { z } from 'zod'

const LONGEST_SECONDS = 86_400

/** Whether a text is an http(s) address with a host. */
export function isHttpUrl(text: string): boolean {
  if (!/^https?:\/\//i.test(text) || /\s/.test(text)) return false
  const url = URL.parse(text)
  return url !== null && url.hostname !== ''
}

function withoutTrailingSlashes(text: string): string {
  let end = text.length
  while (end > 0 && text[end - 1] === '/') end--
  return text.slice(0, end)
}

/** An http(s) address, with trailing slashes removed. */
export function httpUrl(): z.ZodString {
  return z.string().max(2048).refine(isHttpUrl).overwrite(withoutTrailingSlashes)
}

/** The address of a proxy, which may hold a password. */
export function proxyAddress(description: string): z.ZodString {
  return z
    .string()
    .max(2048)
    .refine((text) => parseProxyAddress(text) !== undefined)
    .meta({
      description,
      expected:
        'the address of a proxy: http://HOST:PORT, https://HOST:PORT or socks5://HOST:PORT, with USER:PASSWORD@ before HOST if it wants them',
    })
}

/** A duration of at most a day. */
export function seconds(description: string): z.ZodNumber {
  return z
    .number()
    .positive()
    .max(LONGEST_SECONDS)
    .meta({ description, expected: `a number of seconds above 0, at most ${LONGEST_SECONDS}` })
}
