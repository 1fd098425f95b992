import { KEPT_REASONS, summaryOf, viewOf } from '@pluggram/observability'
import type { JourneyRecorder, JourneySummary, JourneyView, KeptReason } from '@pluggram/observability'
import type { JourneyStore } from '@pluggram/storage'

/** Which journeys are listed. */
interface JourneyQuery {
  readonly limit: number
  readonly plugin?: string | undefined
  readonly chat?: number | undefined
  readonly failed?: boolean | undefined
  /** Only those that arrived before this update. */
  readonly before?: number | undefined
}

/** A journey that is kept on disk, and why. */
interface KeptSummary extends JourneySummary {
  readonly day: string
  readonly reason: KeptReason
}

export interface JourneyList {
  /** Latest first. */
  readonly journeys: readonly JourneySummary[]
  /** For each plugin and day the last failed, the slowest and the dearest; latest day first. */
  readonly kept: readonly KeptSummary[]
}

/** All journeys that are known. */
export interface JourneyBook {
  list(query: JourneyQuery): Promise<JourneyList>
  /** @param which an update's id, `last`, or a reason to be kept */
  find(which: string): Promise<JourneyView | undefined>
}

/** @param recorder the journeys in memory, while an assistant runs */
export function createJourneyBook(store: JourneyStore, recorder?: JourneyRecorder): JourneyBook {
  async function keptViews(): Promise<(JourneyView & KeptSummary)[]> {
    const rows = await store.all()
    return rows.map(({ day, reason, chatId, journey }) => ({
      ...(JSON.parse(journey) as JourneyView),
      // the chat may have moved since
      chatId,
      day,
      reason,
    }))
  }

  async function findKept(which: string): Promise<JourneyView | undefined> {
    const views = await keptViews()
    const reason = KEPT_REASONS.find((name) => name === which)
    if (reason === undefined) return views.find(({ updateId }) => String(updateId) === which)
    const latest = views.find((view) => view.reason === reason)
    // of its day, over all plugins
    const [first] = views
      .filter((view) => view.reason === reason && view.day === latest?.day)
      .toSorted((a, b) => valueOf(reason, b) - valueOf(reason, a))
    return first
  }

  return {
    async list(query) {
      const known = (recorder?.list() ?? []).map(summaryOf).filter((journey) => isWanted(journey, query))
      const start = known.findIndex(({ updateId }) => updateId === query.before) + 1
      const kept = (await keptViews()).filter((journey) => isWanted(journey, query))
      return {
        journeys: known.slice(start, start + query.limit),
        kept: kept.map(({ steps: _steps, stepsLeftOut: _leftOut, ...summary }) => summary),
      }
    },
    async find(which) {
      if (which === 'last') {
        const [last] = recorder?.list() ?? []
        return last && viewOf(last)
      }
      const known = recorder?.find(Number(which))
      return known ? viewOf(known) : findKept(which)
    },
  }
}

function isWanted(journey: JourneySummary, { plugin, chat, failed }: JourneyQuery): boolean {
  return (
    (plugin === undefined || journey.plugin === plugin) &&
    (chat === undefined || journey.chatId === chat) &&
    (failed !== true || journey.isFailed)
  )
}

function valueOf(reason: KeptReason, { receivedAt, ms, money, tokens }: JourneySummary): number {
  if (reason === 'failed') return Date.parse(receivedAt)
  return reason === 'slowest' ? ms : (money ?? 0) * 1e9 + tokens
}
