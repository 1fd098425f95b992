import { cutText, describeMoment } from '@pluggram/base'
import type { Button } from '@pluggram/sdk'
import { ALERT_KINDS } from './alert-kinds.ts'
import type { Letter, LetterItem } from './alert-state.ts'
import { alertTexts } from './alert-texts.ts'

/** So many are told in full; the others are counted. */
const MOST_ITEMS = 8
const MOST_RESTARTS = 3
const LONGEST = 400

export const RESTART = 'restart:'
export const MUTE = 'mute:'

interface AlertMessage {
  readonly text: string
  readonly buttons: readonly (readonly Button[])[]
}

/** A letter as the recipient reads it, now or after a change. */
export function alertMessage(letter: Letter, zone: string): AlertMessage {
  const { items, kind, isLast, mutedUntil, restarted = [] } = letter
  const open = items.filter(({ endedAt }) => endedAt === undefined)
  const shown = items.slice(0, MOST_ITEMS)
  const blocks = [
    ...(open.length > 1 ? [alertTexts.several(open.length)] : []),
    ...shown.map((item) => (item.endedAt === undefined ? openBlock(item) : endedBlock(item))),
    ...(items.length > shown.length ? [alertTexts.more(items.length - shown.length)] : []),
    ...restarted.map((plugin) => alertTexts.restarted(plugin)),
    ...(mutedUntil === undefined ? [] : [alertTexts.muted(describeMoment(zone, new Date(mutedUntil)))]),
    ...(isLast ? [alertTexts.last] : []),
  ]
  return { text: blocks.join('\n\n'), buttons: kind === 'news' ? buttonsFor(letter, open) : [] }
}

function openBlock({ what, why, fix }: LetterItem): string {
  return [alertTexts.problem(oneLine(what)), oneLine(why), alertTexts.next(oneLine(fix))].join('\n')
}

function endedBlock({ what, kind, since, endedAt = since }: LetterItem): string {
  const time = duration(endedAt - since)
  const end = ALERT_KINDS[kind].end === 'works again' ? alertTexts.worksAgain(time) : alertTexts.isOver(time)
  return `${alertTexts.ended(oneLine(what))}\n${end}`
}

function buttonsFor({ no, mutedUntil, restarted = [] }: Letter, open: readonly LetterItem[]): Button[][] {
  const plugins = open.flatMap(({ restart }) => restart ?? []).filter((name) => !restarted.includes(name))
  const restarts = plugins
    .slice(0, MOST_RESTARTS)
    .map((plugin) => [{ text: alertTexts.restart(plugin), data: `${RESTART}${no}:${plugin}` }])
  const isMutable = mutedUntil === undefined && open.length > 0
  return [...restarts, ...(isMutable ? [[{ text: alertTexts.mute, data: `${MUTE}${no}` }]] : [])]
}

function oneLine(text: string): string {
  return cutText(text.replaceAll(/\s+/g, ' ').trim(), LONGEST)
}

/** `45 s`, `12 min`, `3 h 5 min`. */
function duration(milliseconds: number): string {
  const minutes = Math.round(milliseconds / 60_000)
  if (minutes < 1) return `${Math.max(1, Math.round(milliseconds / 1_000))} s`
  if (minutes < 60) return `${minutes} min`
  const rest = minutes % 60
  return rest === 0 ? `${minutes / 60} h` : `${Math.floor(minutes / 60)} h ${rest} min`
}
