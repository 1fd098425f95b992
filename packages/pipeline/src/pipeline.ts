import { errorMessage, isPluggramError } from '@pluggram/sdk'
import type { Logger, SentMessage } from '@pluggram/sdk'
import type {
  AccessControl,
  IncomingUpdate,
  MessageStore,
  Messenger,
  OutgoingMessage,
  PluginChats,
  PluginRegistry,
  PostOffice,
  StoredUpdate,
} from '@pluggram/sdk/runtime'
import { AbortGroup } from './abort-group.ts'
import { callbackTag, parseCallbackData } from './callback-data.ts'
import { dispatch } from './dispatcher.ts'
import type { DispatcherOptions } from './dispatcher.ts'
import { endsWithin } from './ends-within.ts'
import { Lanes } from './lanes.ts'
import type { LaneKey } from './lanes.ts'
import { Observers } from './observers.ts'
import { toObserved } from './observed-message.ts'
import { OneAtATime } from './one-at-a-time.ts'
import { Outbox, persist } from './outbox.ts'
import { createPostOffice } from './post-office.ts'
import { Router } from './router.ts'
import { TypingIndicators } from './typing-indicators.ts'

export interface PipelineOptions {
  readonly registry: PluginRegistry
  readonly messenger: Messenger
  readonly store: MessageStore
  readonly logger: Logger
  /** Chats worked on at the same time. */
  readonly concurrentChats: number
  readonly pluginTimeoutMs: number
  /** What a private chat hears when no plugin answered. */
  readonly unansweredReply: string
  /** Who may use the assistant. Default: everyone, with every plugin. */
  readonly access?: AccessControl
  /** Told in which chats plugins are at work. */
  readonly chats?: Pick<PluginChats, 'enter'>
  /**
   * Updates that may wait in memory, and four times as many of chats with over fifty that wait on disk; beyond,
   * `accept` resolves late. Default 10,000.
   */
  readonly capacity?: number
  /** Told how each plugin took each update, for statistics. It must not throw. */
  readonly onPluginCall?: DispatcherOptions['onPluginCall']
}

export interface PipelineStats {
  /** Updates that wait or are being answered. */
  readonly pending: number
  /** Messages that are not sent yet. */
  readonly unsent: number
  readonly accepted: number
  readonly answered: number
  readonly failed: number
  /** Updates of people who may not use the assistant, since the start; those of blocked people are not counted. */
  readonly turnedAway: number
  /** Updates parked since the start, see `MAX_TRIES`. */
  readonly parked: number
  /** Messages given up, since the start. */
  readonly undelivered: number
  /** Messages of which nobody knows whether they arrived, since the start. */
  readonly ambiguous: number
}

/** The way of a message from the gateway to the answer. */
export interface Pipeline extends PostOffice {
  /** Goes on with what an earlier run left: first the messages not sent, then the updates not finished. */
  resume(): void
  /**
   * Takes updates in: when it resolves they are on disk, and each id counts once. It resolves late under
   * load, so that a source which waits for it slows down instead of filling the memory.
   */
  accept(updates: readonly IncomingUpdate[]): Promise<void>
  /** Makes a parked update new again; false when there is none of that id. */
  replay(updateId: number): Promise<boolean>
  /** True when `accept` would have to wait. */
  isFull(): boolean
  stats(): PipelineStats
  /** Works on what was accepted, at most `milliseconds`; the rest stays on disk for the next start. */
  drain(milliseconds: number): Promise<{ left: number }>
}

/** How an update of an earlier run is taken up again. */
interface Recovery {
  readonly maxTries: number
  /** Resolves when the messages that were not sent are out, or have had the time to. */
  readonly whenSent?: Promise<unknown>
}

const DEFAULT_CAPACITY = 10_000
/** After the abort, answers get this long to end what they were doing. */
const ABORT_GRACE_MS = 500
/** Broadcasts that are being sent get this long when the assistant stops. */
const BROADCAST_GRACE_MS = 1_000
/** An update that was under way at that many ends of the program is parked: it may be what ended it. */
export const MAX_TRIES = 3
/** The same when others were under way too: one of them may have done it, or somebody who ends programs. */
export const MAX_TRIES_AMONG_OTHERS = 5
/** An update that was under way at that many ends is worked on alone among its like, so that it shows which one it is. */
const SUSPECT_TRIES = 2
/** A lane rests while that many messages of its chat are not sent. */
const MAX_UNSENT_PER_CHAT = 50
/** What ends the program again must not keep messages from being sent, or from being noted as sent, for so long. */
const SEND_FIRST_MS = 2_000
const FORGET_INTERVAL_MS = 10 * 60 * 1_000

/** Creates the pipeline. */
export function createPipeline(options: PipelineOptions): Pipeline {
  const { messenger, logger, registry, store, access } = options
  const capacity = options.capacity ?? DEFAULT_CAPACITY
  const router = new Router(registry, access)
  const lanes = new Lanes({ concurrency: options.concurrentChats, capacity, takeUp })
  const outbox = new Outbox({ store, messenger, logger })
  const postOffice = createPostOffice({ messenger, store, outbox, logger })
  const suspects = new OneAtATime()
  const observers = new Observers({ registry, logger })
  const stop = new AbortController()
  const underWay = new AbortGroup(stop.signal)
  const dispatching: DispatcherOptions = {
    router,
    messenger,
    store,
    outbox,
    logger,
    pluginTimeoutMs: options.pluginTimeoutMs,
    unansweredReply: options.unansweredReply,
    onPluginCall: options.onPluginCall,
    ...(options.chats && { chats: options.chats }),
    typing: new TypingIndicators(messenger),
    signal: stop.signal,
    underWay,
  }
  const counts = { accepted: 0, answered: 0, failed: 0, turnedAway: 0, parked: 0 }
  const forgetting = setInterval(() => void forget(), FORGET_INTERVAL_MS)
  forgetting.unref()

  async function work({ update, tries }: StoredUpdate, recovery?: Recovery): Promise<void> {
    try {
      if (stop.signal.aborted) return
      if (tries >= (recovery?.maxTries ?? MAX_TRIES)) return await park(update, tries)
      if (tries > 0) await recovery?.whenSent
      if (tries >= SUSPECT_TRIES) return await suspects.run(() => tryAgain(update, tries))
      if (recovery !== undefined) return await tryAgain(update, tries)
      store.beginSoon(update.updateId)
      await answer(update, tries + 1)
    } catch (error) {
      if (stop.signal.aborted) return
      counts.failed += 1
      logger.error('update failed', { update: update.updateId, error: errorMessage(error), err: error })
    }
  }

  async function tryAgain(update: IncomingUpdate, tries: number): Promise<void> {
    if (stop.signal.aborted) return
    // what was under way when the program ended may have ended it: then the try must be on disk before it begins
    await persist(() => store.begin(update.updateId), logger, stop.signal)
    await answer(update, tries + 1)
  }

  async function answer(update: IncomingUpdate, attempt: number): Promise<void> {
    const startedAt = performance.now()
    const admission = access?.admit(update) ?? { role: 'everyone' }
    if (admission.role === undefined) return turnAway(update, admission.notice)
    const report = await dispatch(update, { attempt, role: admission.role }, dispatching)
    if (report.outcome === 'interrupted') return
    const sending = await finish(update, report.parts)
    if (report.outcome === 'failed') counts.failed += 1
    else counts.answered += 1
    logger.debug('update done', {
      update: update.updateId,
      chat: update.chat.id,
      outcome: report.outcome,
      plugin: report.answeredBy,
    })
    if (observers.isWatched)
      observers.tell(toObserved(update, report, (performance.now() - startedAt) / 1_000))
    if (outbox.waitingIn(update.chat.id) > MAX_UNSENT_PER_CHAT) await Promise.allSettled(sending)
  }

  /** Keeps the answer, and begins to send it. */
  async function finish(
    update: IncomingUpdate,
    parts: readonly OutgoingMessage[],
  ): Promise<readonly Promise<SentMessage>[]> {
    const entries = await persist(() => store.finish(update.updateId, parts), logger, stop.signal)
    const sending = entries.map((entry) => outbox.push(entry))
    for (const part of sending) part.catch((error: unknown) => tellUndelivered(update, error))
    return sending
  }

  async function turnAway(update: IncomingUpdate, notice: string | undefined): Promise<void> {
    counts.turnedAway += 1
    await finish(update, notice === undefined ? [] : messenger.plan(update.chat, { reply: { text: notice } }))
  }

  /** The owner reads the log; the chat should not wait for an answer that does not come. */
  function tellUndelivered({ chat }: IncomingUpdate, error: unknown): void {
    const isBlocked = isPluggramError(error) && error.code === 'delivery-blocked'
    if (isBlocked || stop.signal.aborted) return
    const [notice] = messenger.plan(chat, {
      reply: { text: '⚠️ An answer was refused by Telegram and could not be shown.' },
    })
    if (notice) void messenger.deliver(notice, stop.signal).catch(() => {})
  }

  async function park(update: IncomingUpdate, tries: number): Promise<void> {
    counts.parked += 1
    const reason = `The assistant ended ${tries} times while it worked on this update.`
    await persist(() => store.park(update.updateId, reason), logger, stop.signal)
    logger.error('update parked', { update: update.updateId, chat: update.chat.id, reason })
  }

  function enqueue(stored: StoredUpdate, recovery?: Recovery): void {
    acknowledge(stored.update)
    const key = laneKey(stored.update, router.isUrgent(stored.update))
    // a flood of one chat fills neither the memory nor the room of the others: it is on disk, and stays there
    if (lanes.isLong(key)) lanes.leave(key, stored.update.updateId)
    else lanes.push(key, () => work(stored, recovery))
  }

  /** Works on an update that was left on disk. */
  async function takeUp(updateId: number): Promise<void> {
    const stored = store.waiting(updateId)
    if (stored) await work(stored, stored.tries > 0 ? { maxTries: MAX_TRIES } : undefined)
  }

  /** A press is acknowledged at once, however busy its chat is: its spinner dies after some 15 seconds. */
  function acknowledge(update: IncomingUpdate): void {
    if (update.kind !== 'callback_query') return
    const tag = parseCallbackData(update.callback.data)?.tag
    const isKnown =
      registry.plugins().some(({ descriptor }) => callbackTag(descriptor.name) === tag) ||
      registry.pending?.().some(({ name }) => callbackTag(name) === tag)
    void messenger.answerCallback(
      update.callback.id,
      isKnown ? undefined : 'The plugin behind this button is not running.',
    )
  }

  async function forget(): Promise<void> {
    try {
      await store.forgetOld()
    } catch (error) {
      logger.warn('old updates could not be forgotten', { error: errorMessage(error) })
    }
  }

  return {
    ...postOffice,
    resume() {
      const unsent = store.unsent()
      const unfinished = store.unfinished()
      const begun = unfinished.filter(({ tries }) => tries > 0).length
      if (unsent.length > 0 || begun > 0) outbox.startSlowly()
      const sending = unsent.flatMap((entry) => {
        const sent = outbox.push(entry)
        sent.catch(() => {})
        return entry.isBroadcast === true ? [] : [sent]
      })
      const whenSent = endsWithin(Promise.allSettled(sending), SEND_FIRST_MS)
      const maxTries = begun > 1 ? MAX_TRIES_AMONG_OTHERS : MAX_TRIES
      for (const stored of unfinished) enqueue(stored, { maxTries, whenSent })
      void forget()
    },
    accept(updates) {
      const wanted = access ? updates.filter((update) => !access.isIgnored(update)) : updates
      if (wanted.length === 0) return Promise.resolve()
      return store.accept(wanted).then((fresh) => {
        counts.accepted += fresh.length
        for (const stored of fresh) enqueue(stored)
        return lanes.size >= capacity ? lanes.whenRoomy() : undefined
      })
    },
    async replay(updateId) {
      const stored = await store.replay(updateId)
      if (stored) enqueue(stored, { maxTries: MAX_TRIES })
      return stored !== undefined
    },
    isFull: () => lanes.isFull,
    stats: () => ({
      pending: lanes.size,
      unsent: outbox.size,
      ...counts,
      undelivered: outbox.failed,
      ambiguous: outbox.ambiguous,
    }),
    async drain(milliseconds) {
      clearInterval(forgetting)
      const held = outbox.holdBroadcasts(Math.min(milliseconds, BROADCAST_GRACE_MS))
      const idle = lanes.whenIdle().then(() => outbox.whenIdle())
      if (!(await endsWithin(idle, milliseconds))) {
        lanes.clear()
        stop.abort(new Error('The assistant stops.'))
        outbox.stop()
        await endsWithin(idle, ABORT_GRACE_MS)
      }
      await held
      // what plugins post from here on is kept for the next start
      outbox.stop()
      router.close()
      observers.close()
      return { left: store.unfinished().length + store.unsent().length }
    },
  }
}

/** One lane per chat, and per topic where a chat has topics; beside it one for what is urgent. */
function laneKey({ chat }: IncomingUpdate, isUrgent: boolean): LaneKey {
  const { id, topicId } = chat
  if (topicId === undefined && !isUrgent) return id
  return `${id}/${topicId ?? ''}${isUrgent ? '!' : ''}`
}
