/** `2026-11-30` and `14:05`, as they are in a zone. */
export function clockIn(zone: string, now: Date): { readonly date: string; readonly time: string } {
  const parts = new Intl.DateTimeFormat('en-GB', {
    timeZone: zone,
    year: 'numeric',
    month: '2-digit',
    day: '2-digit',
    hour: '2-digit',
    minute: '2-digit',
    hourCycle: 'h23',
  }).formatToParts(now)
  const part = (type: Intl.DateTimeFormatPartTypes): string =>
    parts.find((one) => one.type === type)?.value ?? ''
  return {
    date: `${part('year')}-${part('month')}-${part('day')}`,
    time: `${part('hour')}:${part('minute')}`,
  }
}

/** @param hours `off`, or two times such as `23:00-07:00`, which may span midnight */
export function isQuiet(hours: string, time: string): boolean {
  const [start = '', end = ''] = hours.split('-')
  if (end === '' || start === end) return false
  return start < end ? time >= start && time < end : time >= start || time < end
}
