import type { TranscriptMessage } from '../api/driver-types.ts'
import { dayKey } from '../text/format.ts'
import { messageKey } from './playground-state.ts'
import type { PendingMessage, PlaygroundState } from './playground-state.ts'

/** The items of a conversation, from top to bottom. */
export type TimelineItem = { readonly kind: 'day'; readonly key: string; readonly date: number } | BubbleItem

export interface BubbleItem {
  readonly kind: 'bubble'
  /** Stays the same when the real message replaces a draft or a pending message. */
  readonly key: string
  readonly message: TranscriptMessage
  readonly isMine: boolean
  /** Whether it is the first or last in a run of one sender's messages. */
  readonly startsGroup: boolean
  readonly endsGroup: boolean
  readonly delivery: 'received' | 'sending' | 'failed' | 'sent' | 'read' | 'draft'
  readonly pending?: PendingMessage
  readonly preview?: string
  /** The id of a draft that can be stopped. */
  readonly stopId?: number
}

/** Messages of one sender within this many seconds form a group. */
const GROUP_SECONDS = 600

/** Builds the timeline of a chat as the acting person sees it. */
export function buildTimeline(
  state: Pick<PlaygroundState, 'transcripts' | 'pending' | 'drafts' | 'bubbleKeys' | 'previews'>,
  chatId: number,
  actorId: number | undefined,
): readonly TimelineItem[] {
  const messages = state.transcripts[chatId] ?? []
  const lastBotId = messages.findLast((message) => message.fromBot)?.id ?? 0
  const bubbles: BubbleItem[] = []
  for (const message of messages) {
    const isMine = message.senderId === actorId
    const sent = message.id < lastBotId ? 'read' : 'sent'
    const key = messageKey(message)
    bubbles.push({
      ...bubble(state.bubbleKeys[key] ?? key, message, state.previews[key]),
      isMine,
      delivery: isMine ? sent : 'received',
    })
  }
  for (const pending of state.pending) {
    if (pending.message.chatId !== chatId) continue
    const isMine = pending.message.senderId === actorId
    bubbles.push({
      ...bubble(pending.key, pending.message, pending.preview),
      isMine,
      delivery: pending.status,
      pending,
    })
  }
  const draft = state.drafts[chatId]
  if (draft !== undefined) {
    const { key, message, stopId } = draft
    bubbles.push({
      ...bubble(key, message, undefined),
      delivery: 'draft',
      ...(stopId !== undefined && { stopId }),
    })
  }
  return withDays(bubbles)
}

function bubble(key: string, message: TranscriptMessage, preview: string | undefined): BubbleItem {
  const item = { kind: 'bubble', key, message, isMine: false, startsGroup: true, endsGroup: true } as const
  return { ...item, delivery: 'received', ...(preview === undefined ? {} : { preview }) }
}

function withDays(bubbles: readonly BubbleItem[]): readonly TimelineItem[] {
  const items: TimelineItem[] = []
  for (const [index, item] of bubbles.entries()) {
    const before = bubbles[index - 1]
    const after = bubbles[index + 1]
    const day = dayKey(item.message.date)
    if (before === undefined || dayKey(before.message.date) !== day) {
      items.push({ kind: 'day', key: `day-${day}`, date: item.message.date })
    }
    items.push({ ...item, startsGroup: !isGrouped(before, item), endsGroup: !isGrouped(item, after) })
  }
  return items
}

function isGrouped(first: BubbleItem | undefined, second: BubbleItem | undefined): boolean {
  if (first === undefined || second === undefined) return false
  return (
    first.message.senderId === second.message.senderId &&
    second.message.date - first.message.date <= GROUP_SECONDS &&
    dayKey(first.message.date) === dayKey(second.message.date)
  )
}
