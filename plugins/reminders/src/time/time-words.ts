/**
 * Words about time in one language, as sources of regular expressions. What chrono reads by itself
 * (dates, times of day) does not stand here.
 */
export interface TimeWords {
  /** “Remind me”. */
  readonly ask: string
  /** Without blanks between words. */
  readonly isJoined?: boolean
  /** Before a length of time: `in` twenty minutes. */
  readonly in: string
  /** After a length of time: twenty minutes `from now`. */
  readonly later?: string
  readonly units: {
    readonly minute: string
    readonly hour: string
    readonly day: string
    readonly week: string
    readonly month: string
  }
  /** From one on; the last two are 15 and 30 when there are seven. */
  readonly numbers: Readonly<Record<string, number>>
  /** Before a time of day. */
  readonly at: string
  readonly dayAfterTomorrow: string
  readonly every: string
  readonly everyDay: string
  readonly everyWeekday: string
  /** From Sunday on. */
  readonly days: readonly [string, string, string, string, string, string, string]
  /** Other words, and what they are in English. */
  readonly more?: readonly (readonly [RegExp, string | ((groups: readonly string[]) => string)])[]
  /** Joins the time and what to remind of. */
  readonly link: string
}
