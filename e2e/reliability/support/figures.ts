import { readFile } from 'node:fs/promises'
import { echoParts } from './echo.ts'
import type { Stage } from './stage.ts'

/** The 95th (or another) percentile; 0 for no values. */
export function percentile(values: readonly number[], share = 0.95): number {
  const sorted = values.toSorted((left, right) => left - right)
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? 0
}

/**
 * How long people waited for the first part of an answer, in milliseconds, for messages written in
 * a time span. For a message that still waits, the time so far counts.
 */
export function waits(
  { traffic, chats }: Stage,
  span: { readonly from: number; readonly to: number; readonly isOf?: (person: number) => boolean },
): number[] {
  const firstSeen = new Map<string, number>()
  for (const { text, at } of chats.replies) if (!firstSeen.has(text)) firstSeen.set(text, at)
  return traffic.written.flatMap((texts, person) => {
    if (span.isOf && !span.isOf(person)) return []
    return texts.flatMap((text) => {
      const writtenAt = traffic.writtenAt(text) ?? 0
      if (writtenAt < span.from || writtenAt >= span.to) return []
      const [first = ''] = echoParts(text)
      return [(firstSeen.get(first) ?? Date.now()) - writtenAt]
    })
  })
}

/** The current and the peak memory of a process, in MB (Linux). */
export async function memoryOf(pid: number): Promise<{ now: number; most: number }> {
  const status = await readFile(`/proc/${pid}/status`, 'utf8')
  const read = (field: string): number =>
    Math.round(Number(new RegExp(`${field}:\\s+(\\d+) kB`).exec(status)?.[1] ?? 0) / 1_024)
  return { now: read('VmRSS'), most: read('VmHWM') }
}
