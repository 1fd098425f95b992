import { echoParts } from './echo.ts'
import { percentile } from './figures.ts'
import type { DoorCall } from './door.ts'
import type { Stage } from './stage.ts'

/** The stages of a message; each figure is the time since the previous one. */
export const STATIONS = [
  'taken by Telegram',
  'handed to the bot',
  'at the plugin',
  'answered',
  'shown',
] as const
export type Station = (typeof STATIONS)[number]

/** The time that messages spent in each stage: the 95th percentile, in ms. */
export type WayReport = Readonly<Record<Station, number>>

/**
 * Shows in which stage messages of a time span waited. This process sees all stages, with its own
 * clock. So the first and the last stage include how busy this process and the emulator are.
 */
export function wayOf(
  stage: Stage,
  span: { readonly from: number; readonly to: number; readonly isOf: (person: number) => boolean },
): WayReport {
  const { traffic, work, chats } = stage
  const handed = handedAt([...stage.botDoor.calls, ...stage.webhookDoor.calls])
  const asked = new Map(
    stage.botDoor.calls
      .filter(({ name }) => name === 'sendMessage')
      .map((call) => [call.params.text, call.askedAt]),
  )
  const shown = new Map(chats.replies.map(({ text, at }) => [text, at]))
  const stretches = STATIONS.map((): number[] => [])
  for (const [person, texts] of traffic.written.entries()) {
    if (!span.isOf(person)) continue
    for (const text of texts) {
      const writtenAt = traffic.writtenAt(text) ?? 0
      if (writtenAt < span.from || writtenAt >= span.to) continue
      const [first = ''] = echoParts(text)
      const times = [
        writtenAt,
        traffic.takenAt(text),
        handed.get(text),
        work.firstVisit(text),
        asked.get(first),
        shown.get(first),
      ]
      for (const [index, times_] of stretches.entries()) {
        const [before, after] = [times[index], times[index + 1]]
        if (before !== undefined && after !== undefined) times_.push(after - before)
      }
    }
  }
  const report = STATIONS.map((station, index) => [station, percentile(stretches[index] ?? [])])
  return Object.fromEntries(report) as WayReport
}

/** When each text was handed to the bot: in the response to a poll, or as a delivery. */
function handedAt(calls: readonly DoorCall[]): Map<string, number> {
  const times = new Map<string, number>()
  for (const call of calls) {
    if (call.name === 'webhook') note(call.params, call.askedAt)
    const { result } = call.answer?.body ?? {}
    if (call.name !== 'getUpdates' || !Array.isArray(result)) continue
    for (const update of result) note(update, call.answer?.at ?? 0)
  }
  return times

  function note(update: { readonly message?: { readonly text?: string } }, at: number): void {
    const text = update.message?.text
    if (text !== undefined && !times.has(text)) times.set(text, at)
  }
}
