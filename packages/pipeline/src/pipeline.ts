import { errorMessage } from '@pluggram/sdk'
import type { Logger } from '@pluggram/sdk'
import type { IncomingUpdate, Messenger, PluginRegistry } from '@pluggram/sdk/runtime'
import { callbackTag, parseCallbackData } from './callback-data.ts'
import { dispatch } from './dispatcher.ts'
import { Lanes } from './lanes.ts'
import { Router } from './router.ts'
import { SeenUpdates } from './seen-updates.ts'

export interface PipelineOptions {
  readonly registry: PluginRegistry
  readonly messenger: Messenger
  readonly logger: Logger
  /** Chats worked on at the same time. */
  readonly concurrentChats: number
  readonly pluginTimeoutMs: number
  /** What a private chat hears when no plugin answered. */
  readonly unansweredReply: string
  /** Updates that may wait; beyond, `accept` resolves late. Default 10,000. */
  readonly capacity?: number
}

export interface PipelineStats {
  /** Updates that wait or are being answered. */
  readonly pending: number
  readonly accepted: number
  readonly answered: number
  readonly failed: number
}

/** The way of a message from the gateway to the answer. */
export interface Pipeline {
  /**
   * Takes updates in; each id counts once. Resolves at once while there is room, later under load, so
   * that a source which waits for it slows down instead of filling the memory.
   */
  accept(updates: readonly IncomingUpdate[]): Promise<void>
  /** True when `accept` would have to wait. */
  isFull(): boolean
  stats(): PipelineStats
  /** Waits for what was accepted, at most `milliseconds`; then aborts the rest and tells how many updates that cost. */
  drain(milliseconds: number): Promise<{ unanswered: number }>
}

const DEFAULT_CAPACITY = 10_000
/** After the abort, answers get this long to end what they were sending. */
const ABORT_GRACE_MS = 500

/** Creates the pipeline; it holds no timers or handles until updates arrive. */
export function createPipeline(options: PipelineOptions): Pipeline {
  const { messenger, logger, registry } = options
  const capacity = options.capacity ?? DEFAULT_CAPACITY
  const router = new Router(registry)
  const seen = new SeenUpdates()
  const lanes = new Lanes({ concurrency: options.concurrentChats, capacity })
  const stop = new AbortController()
  let accepted = 0
  let answered = 0
  let failed = 0

  async function work(update: IncomingUpdate): Promise<void> {
    try {
      const report = await dispatch(update, {
        router,
        messenger,
        logger,
        pluginTimeoutMs: options.pluginTimeoutMs,
        unansweredReply: options.unansweredReply,
        signal: stop.signal,
      })
      if (report.outcome === 'failed') failed += 1
      else answered += 1
      logger.debug('update done', { update: update.updateId, chat: update.chat.id, ...report })
    } catch (error) {
      failed += 1
      logger.error('update failed', { update: update.updateId, error: errorMessage(error), err: error })
    }
  }

  /** A press is acknowledged at once, however busy its chat is: its spinner dies after some 15 seconds. */
  function acknowledge(update: IncomingUpdate): void {
    if (update.kind !== 'callback_query') return
    const tag = parseCallbackData(update.callback.data)?.tag
    const isKnown = registry.plugins().some(({ descriptor }) => callbackTag(descriptor.name) === tag)
    void messenger.answerCallback(
      update.callback.id,
      isKnown ? undefined : 'The plugin behind this button is not running.',
    )
  }

  return {
    async accept(updates) {
      for (const update of updates) {
        if (!seen.add(update.updateId)) continue
        accepted += 1
        acknowledge(update)
        lanes.push(laneKey(update), () => work(update))
      }
      await lanes.whenRoomy()
    },
    isFull: () => lanes.size >= capacity,
    stats: () => ({ pending: lanes.size, accepted, answered, failed }),
    async drain(milliseconds) {
      const idle = lanes.whenIdle()
      if (await endsWithin(idle, milliseconds)) {
        router.close()
        return { unanswered: 0 }
      }
      const unanswered = lanes.size
      lanes.clear()
      stop.abort(new Error('The assistant stops.'))
      await endsWithin(idle, ABORT_GRACE_MS)
      router.close()
      return { unanswered }
    },
  }
}

/** One lane per chat, and per topic where a chat has topics. */
function laneKey({ chat }: IncomingUpdate): string {
  return chat.topicId === undefined ? String(chat.id) : `${chat.id}/${chat.topicId}`
}

async function endsWithin(work: Promise<unknown>, milliseconds: number): Promise<boolean> {
  let timer: NodeJS.Timeout | undefined
  const late = new Promise<false>((resolve) => {
    timer = setTimeout(() => resolve(false), milliseconds)
  })
  try {
    return await Promise.race([work.then(() => true), late])
  } finally {
    clearTimeout(timer)
  }
}
