import { describeMoment } from '@pluggram/plugin-kit'
import type { ParseOptions } from '../parse-reminder.ts'
import { isTranslated } from '../texts.ts'
import { languageOf } from './rewrite.ts'

/** Sooner than this, people count the time instead of reading the clock. */
const SOON_MS = 3_600_000

/**
 * When a message was written. Telegram cuts its date down to the second (Bot API: Message.date), so
 * “in 2 seconds” counted from there would come up to a second early. An update that waited, for
 * example over a restart, counts from its own second, not from now.
 */
export function momentWritten(date: Date, now: number): Date {
  return new Date(Math.max(date.getTime(), Math.min(now, date.getTime() + 999)))
}

/** `in 20 minutes`, or `on Fri, 27 Nov 2026, 14:30 (Europe/Berlin)`; elsewhere as people write it there. */
export function describeDue(due: Date, { now, zone, language }: ParseOptions): string {
  if (isForeign(language)) return `${momentIn(language, zone, due)} (${zone})`
  const seconds = Math.round((due.getTime() - now.getTime()) / 1_000)
  if (seconds * 1_000 >= SOON_MS) return `on ${describeMoment(zone, due)} (${zone})`
  if (seconds < 60) return `in ${count(seconds, 'second')}`
  const [minutes, rest] = [Math.floor(seconds / 60), seconds % 60]
  return `in ${count(minutes, 'minute')}${rest === 0 ? '' : ` and ${count(rest, 'second')}`}`
}

/** A moment in the language of the texts. */
export function momentIn(language: string | undefined, zone: string, moment: Date): string {
  return isForeign(language) ? describeMoment(zone, moment, language) : describeMoment(zone, moment)
}

function isForeign(language: string | undefined): boolean {
  return languageOf(language) !== 'en' && isTranslated(language)
}

function count(number: number, unit: string): string {
  return `${number} ${unit}${number === 1 ? '' : 's'}`
}
