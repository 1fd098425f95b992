import { echoParts } from './echo.ts'

/** One chat after the run. */
export interface ChatRecord {
  /** What the person wrote, in order. */
  readonly written: readonly string[]
  /** What the bot wrote, in order, each with the number of the program run that sent it. */
  readonly replies: readonly { readonly text: string; readonly life: number }[]
}

/** The outcome of a run's messages. */
export interface Verdict {
  readonly updates: number
  /** Expected parts of answers. */
  readonly expected: number
  /** Messages without any answer. */
  readonly lostUpdates: number
  /** Missing parts of answers. */
  readonly lostReplies: number
  /** Parts that arrived more than once. */
  readonly repeated: number
  /** Repeats beyond one for each chat and kill: more than the one send that was in flight. */
  readonly repeatedWithoutKill: number
  /** Parts that arrived after a part that should follow them. */
  readonly outOfOrder: number
  /** Messages of the bot that are not an echo. */
  readonly strange: readonly string[]
}

/** Compares the messages with the answers. */
export function judge(chats: readonly ChatRecord[]): Verdict {
  const totals = { updates: 0, expected: 0, lostUpdates: 0, lostReplies: 0 }
  const faults = { repeated: 0, repeatedWithoutKill: 0, outOfOrder: 0 }
  const strange: string[] = []
  for (const { written, replies } of chats) {
    const positions = new Map(written.flatMap(echoParts).map((part, index) => [part, index]))
    const seen = new Set(replies.map(({ text }) => text))
    totals.updates += written.length
    totals.expected += positions.size
    totals.lostUpdates += written.filter((text) => echoParts(text).every((part) => !seen.has(part))).length
    totals.lostReplies += [...positions.keys()].filter((part) => !seen.has(part)).length
    const known = replies.filter(({ text }) => positions.has(text))
    strange.push(...replies.filter(({ text }) => !positions.has(text)).map(({ text }) => text))
    const found = walk(known, positions)
    faults.repeated += found.repeated
    faults.repeatedWithoutKill += found.repeatedWithoutKill
    faults.outOfOrder += found.outOfOrder
  }
  return { ...totals, ...faults, strange }
}

/**
 * A kill explains a repeat if it is the chat's first message of a new run and equals the chat's
 * last message before. That send was in flight.
 */
function walk(
  replies: ChatRecord['replies'],
  positions: ReadonlyMap<string, number>,
): { repeated: number; repeatedWithoutKill: number; outOfOrder: number } {
  const faults = { repeated: 0, repeatedWithoutKill: 0, outOfOrder: 0 }
  const seen = new Set<string>()
  let furthest = -1
  for (const [index, { text, life }] of replies.entries()) {
    const position = positions.get(text) ?? 0
    if (seen.has(text)) {
      faults.repeated += 1
      const before = replies[index - 1]
      if (before?.text !== text || before.life === life) faults.repeatedWithoutKill += 1
      continue
    }
    seen.add(text)
    if (position < furthest) faults.outOfOrder += 1
    furthest = Math.max(furthest, position)
  }
  return faults
}
