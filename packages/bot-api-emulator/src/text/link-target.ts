import type { TelegramMessageEntity } from '@gramio/types'

interface Range {
  readonly offset: number
  readonly length: number
}

/**
 * The entity for a link: a user mention for `tg://user?id=…`, a text link for an address that
 * Telegram accepts, otherwise none, so that the text stays plain.
 */
export function linkEntity(range: Range, url: string): TelegramMessageEntity | undefined {
  const userId = /^tg:(?:\/\/)?user\/?\?(?:[^#]*&)?id=(\d{1,15})(?:[&#]|$)/i.exec(url)?.[1]
  if (userId !== undefined) {
    return { type: 'text_mention', ...range, user: { id: Number(userId), is_bot: false, first_name: '' } }
  }
  const checked = checkedLink(url)
  return checked === undefined ? undefined : { type: 'text_link', ...range, url: checked }
}

/** The address in Telegram's normalised form; undefined if Telegram does not accept it. */
export function checkedLink(url: string): string | undefined {
  const special = /^(tg|ton|tonsite):(?:\/\/)?([\w.-]+)(.*)$/is.exec(url)
  if (special) {
    const [, scheme = '', host = '', rest = ''] = special
    return `${scheme.toLowerCase()}://${host.toLowerCase()}${rest.replace(/^\/(?=\?)/, '')}`
  }
  const explicit = /^https?:\/\//i.test(url)
  if (!explicit && /^[a-z][a-z\d+.-]*:(?!\d)/i.test(url)) return undefined
  if (/\s/.test(url)) return undefined
  const parsed = URL.parse(explicit ? url : `http://${url}`)
  if (!parsed || !(parsed.hostname.includes('.') || parsed.hostname.startsWith('['))) return undefined
  return parsed.href
}

/** The id in `tg://emoji?id=…`. */
export function customEmojiId(url: string): string | undefined {
  return /^tg:(?:\/\/)?emoji\/?\?(?:[^#]*&)?id=([1-9]\d{0,19})(?:[&#]|$)/i.exec(url)?.[1]
}

/** The time and format in `tg://time?unix=…&format=…`. */
export function formattedDate(url: string): { unixTime: number; format: string } | undefined {
  const query = /^tg:(?:\/\/)?time\/?\?([^#]*)/i.exec(url)?.[1]
  if (query === undefined) return undefined
  const values = new URLSearchParams(query)
  const unixTime = Number(values.get('unix'))
  const format = values.get('format') ?? ''
  return Number.isInteger(unixTime) && unixTime > 0 && isDateFormat(format) ? { unixTime, format } : undefined
}

/** Relative (`r`), or a combination of weekday, day and time in short or long form. */
export function isDateFormat(format: string): boolean {
  return format === '' || /^(?:[rR]|[wW]?[dD]?[tT]?)$/.test(format)
}
