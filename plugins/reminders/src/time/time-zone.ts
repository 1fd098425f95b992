/** A date and time as a wall clock shows it. */
export interface WallTime {
  readonly year: number
  /** 1 to 12. */
  readonly month: number
  readonly day: number
  readonly hour: number
  readonly minute: number
}

/** What a zone's clocks show at a moment. */
export function wallTimeOf(zone: string, moment: Date): WallTime {
  const parts = new Intl.DateTimeFormat('en-u-ca-iso8601-hc-h23', {
    timeZone: zone,
    year: 'numeric',
    month: 'numeric',
    day: 'numeric',
    hour: 'numeric',
    minute: 'numeric',
  }).formatToParts(moment)
  const read = (type: Intl.DateTimeFormatPartTypes): number =>
    Number(parts.find((part) => part.type === type)?.value ?? 0)
  return {
    year: read('year'),
    month: read('month'),
    day: read('day'),
    hour: read('hour'),
    minute: read('minute'),
  }
}

/** A zone's offset from UTC at a moment, in minutes. */
export function offsetMinutes(zone: string, moment: Date): number {
  const { year, month, day, hour, minute } = wallTimeOf(zone, moment)
  const wall = Date.UTC(year, month - 1, day, hour, minute)
  return Math.round((wall - Math.floor(moment.getTime() / 60_000) * 60_000) / 60_000)
}

/**
 * The moment at which a zone's clocks show that time. A time that is skipped in spring is taken as
 * an hour later.
 */
export function momentOf(zone: string, { year, month, day, hour, minute }: WallTime): Date {
  const asUtc = Date.UTC(year, month - 1, day, hour, minute)
  // the offset may differ between the day before a clock change and the day after
  const before = offsetMinutes(zone, new Date(asUtc - 86_400_000))
  const first = new Date(asUtc - before * 60_000)
  const actual = offsetMinutes(zone, first)
  if (actual === before) return first
  const second = new Date(asUtc - actual * 60_000)
  return offsetMinutes(zone, second) === actual ? second : first
}
