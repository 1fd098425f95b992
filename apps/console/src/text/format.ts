/**
 * Formats times, sizes and names. `now` and the locale are parameters, so that it can be tested.
 */

export function formatTime(unixSeconds: number, locale?: string): string {
  return new Intl.DateTimeFormat(locale, { hour: 'numeric', minute: '2-digit' }).format(unixSeconds * 1000)
}

/** Full date and time, for a tooltip. */
export function formatDateTime(unixSeconds: number, locale?: string): string {
  return new Intl.DateTimeFormat(locale, { dateStyle: 'long', timeStyle: 'medium' }).format(
    unixSeconds * 1000,
  )
}

/** A key that is equal for all times on the same local day. */
export function dayKey(unixSeconds: number): string {
  const date = new Date(unixSeconds * 1000)
  return `${date.getFullYear()}-${date.getMonth() + 1}-${date.getDate()}`
}

/** The label of a day in a conversation: Today, Yesterday, `5 March`, `5 March 2024`. */
export function formatDay(unixSeconds: number, now: number, locale?: string): string {
  const day = dayKey(unixSeconds)
  if (day === dayKey(now / 1000)) return 'Today'
  if (day === dayKey(now / 1000 - 86_400)) return 'Yesterday'
  const date = new Date(unixSeconds * 1000)
  const sameYear = date.getFullYear() === new Date(now).getFullYear()
  const options: Intl.DateTimeFormatOptions = sameYear
    ? { day: 'numeric', month: 'long' }
    : { day: 'numeric', month: 'long', year: 'numeric' }
  return new Intl.DateTimeFormat(locale, options).format(date)
}

/** The time in the chat list: the time of day today, the weekday within a week, else the date. */
export function formatListTime(unixSeconds: number, now: number, locale?: string): string {
  if (dayKey(unixSeconds) === dayKey(now / 1000)) return formatTime(unixSeconds, locale)
  const age = now / 1000 - unixSeconds
  if (age < 6 * 86_400)
    return new Intl.DateTimeFormat(locale, { weekday: 'short' }).format(unixSeconds * 1000)
  return new Intl.DateTimeFormat(locale, { dateStyle: 'short' }).format(unixSeconds * 1000)
}

/** Formats a size as Telegram does: a KB is 1024 bytes. */
export function formatSize(bytes: number): string {
  if (bytes < 1024) return `${bytes} B`
  const units = ['KB', 'MB', 'GB', 'TB']
  let value = bytes
  let unit = -1
  while (value >= 1024 && unit < units.length - 1) {
    value /= 1024
    unit += 1
  }
  return `${value < 10 ? value.toFixed(1) : Math.round(value)} ${units[unit]}`
}

/** `1:05`, `1:02:03`. */
export function formatDuration(seconds: number): string {
  const whole = Number.isFinite(seconds) ? Math.max(0, Math.round(seconds)) : 0
  const hours = Math.floor(whole / 3600)
  const minutes = Math.floor((whole % 3600) / 60)
  const rest = String(whole % 60).padStart(2, '0')
  return hours > 0 ? `${hours}:${String(minutes).padStart(2, '0')}:${rest}` : `${minutes}:${rest}`
}

/** One or two letters (or one emoji) for an avatar. */
export function initials(name: string): string {
  const words = name.trim().split(/\s+/u).filter(Boolean)
  const letters = [words[0], words.length > 1 ? words.at(-1) : undefined].map((word) =>
    firstGrapheme(word ?? ''),
  )
  return letters.join('').toLocaleUpperCase() || '?'
}

function firstGrapheme(word: string): string {
  for (const { segment } of new Intl.Segmenter().segment(word)) return segment
  return ''
}

const JUMBO_LIMIT = 3

/** The number of emoji if the text consists of one to three emoji and nothing else; otherwise 0. */
export function jumboEmojiCount(text: string): number {
  if (text.length === 0 || text.length > 48) return 0
  const segments = [...new Intl.Segmenter().segment(text.trim())].map(({ segment }) => segment)
  if (segments.length > JUMBO_LIMIT) return 0
  return segments.every((segment) => /^(?:\p{Emoji_Presentation}|\p{Emoji}\uFE0F)/u.test(segment))
    ? segments.length
    : 0
}
