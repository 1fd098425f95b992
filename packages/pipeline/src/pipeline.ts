import { endsWithin, repeat } from '@pluggram/base'
import type { Repetition } from '@pluggram/base'
import { errorMessage } from '@pluggram/sdk'
import type { Logger } from '@pluggram/sdk'
import { inStep, recorded } from '@pluggram/sdk/runtime'
import type {
  AccessControl,
  ChatActions,
  Format,
  IncomingUpdate,
  Journeys,
  MessageStore,
  PluginChats,
  PluginRegistry,
  StepFacts,
  StoredUpdate,
  TimeZones,
} from '@pluggram/sdk/runtime'
import { Albums } from './albums.ts'
import type { Buttons } from './buttons.ts'
import { Dispatcher, oneSettled } from './dispatcher.ts'
import type { DispatcherOptions } from './dispatcher.ts'
import { Lanes } from './lanes.ts'
import type { Ahead, LaneKey, Place } from './lanes.ts'
import { Observers } from './observers.ts'
import type { Outbox } from './outbox.ts'
import type { PipelineStats } from './pipeline-stats.ts'
import { Presses } from './presses.ts'
import { ALONE, Recovery } from './recovery.ts'
import type { SecondOccasion } from './recovery.ts'
import { createReplyGuard } from './reply-writer.ts'
import { PluginSeats } from './under-way.ts'
import { Rewordings } from './rewordings.ts'
import { Router } from './router.ts'
import { SeenMarks } from './seen-marks.ts'
import { UnderWay } from './under-way.ts'

export interface PipelineOptions {
  readonly registry: PluginRegistry
  readonly outbox: Outbox
  readonly format: Format
  readonly actions: ChatActions
  readonly store: MessageStore
  /** Signs and checks buttons. */
  readonly buttons: Buttons
  readonly logger: Logger
  /**
   * Chats worked on at the same time, not counting those that wait for a plugin. Also how many calls
   * a plugin in a process of its own gets at once.
   */
  readonly concurrentChats: number
  readonly pluginTimeoutMs: number
  /** The reply in a private chat when no plugin answered. */
  readonly unansweredReply: string
  /** Who may use the assistant. Default: everyone, with every plugin. */
  readonly access?: AccessControl
  /** Records which chats a plugin has been active in. */
  readonly chats?: Pick<PluginChats, 'enter'>
  /** The time zones of users and chats. Default: UTC everywhere. */
  readonly timeZones?: TimeZones
  /**
   * How many updates may wait in memory; beyond that, `accept` resolves late. Four times as many
   * may wait on disk, from chats with over fifty waiting. Default 10,000.
   */
  readonly capacity?: number
  /** Called with the outcome of each plugin's call, for statistics. It must not throw. */
  readonly onPluginCall?: DispatcherOptions['onPluginCall']
  /** Records what each update goes through. Default: nothing is recorded. */
  readonly journeys?: Journeys
}

/** Takes messages from the source to the outbox. */
export interface Pipeline {
  /**
   * Continues with what an earlier run left: first the unsent messages, then the unfinished
   * updates. Start the source only when it resolves; otherwise new updates would overtake older
   * ones of their chat.
   */
  resume(): Promise<void>
  /**
   * Accepts updates. When it resolves they are on disk; repeated ids are ignored. It resolves late
   * under load, so that a source that awaits it slows down instead of filling the memory.
   */
  accept(updates: readonly IncomingUpdate[]): Promise<void>
  /** Retries a parked update; false when there is none with that id. */
  replay(updateId: number): Promise<boolean>
  /** True when `accept` would have to wait. */
  isFull(): boolean
  stats(): PipelineStats
  /**
   * Works for at most `milliseconds` on what was accepted. The rest stays on disk for the next
   * start.
   */
  drain(milliseconds: number): Promise<{ left: number }>
}

const DEFAULT_CAPACITY = 10_000
/** How long answers have to stop after the abort. */
const ABORT_GRACE_MS = 500
/** How long broadcasts in flight have to complete when the assistant stops. */
const BROADCAST_GRACE_MS = 1_000
const FORGET_INTERVAL_MS = 10 * 60 * 1_000

export function createPipeline(options: PipelineOptions): Pipeline {
  return new MessagePipeline(options)
}

class MessagePipeline implements Pipeline {
  readonly #options: PipelineOptions
  readonly #capacity: number
  readonly #presses: Presses
  readonly #router: Router
  readonly #underWay: UnderWay
  readonly #lanes: Lanes
  readonly #albums: Albums
  readonly #rewordings = new Rewordings()
  readonly #seen: SeenMarks
  readonly #observers: Observers
  readonly #stop = new AbortController()
  readonly #dispatcher: Dispatcher
  readonly #recovery: Recovery
  readonly #forgetting: Repetition
  /** Resolves when what an earlier run left is queued, or could not be read. */
  #resuming: Promise<unknown> = Promise.resolve()
  #accepted = 0
  /** Updates whose work ended with an unexpected error. */
  #failed = 0

  constructor(options: PipelineOptions) {
    const { registry, access, outbox, buttons, logger, store, capacity = DEFAULT_CAPACITY } = options
    const { signal } = this.#stop
    this.#underWay = new UnderWay(options.actions, signal)
    this.#options = options
    this.#capacity = capacity
    this.#presses = new Presses(buttons, store, options.actions)
    this.#router = new Router(registry, this.#presses, access)
    this.#albums = new Albums({
      waiting: (updateId) => outbox.write(() => store.waiting(updateId)),
      merge: (whole, partIds) => outbox.write(() => store.merge(whole, partIds)),
      reword: (part) => this.#rewordings.reword(part),
    })
    this.#seen = new SeenMarks(options.actions, logger)
    this.#observers = new Observers({ registry, logger })
    const dispatcher = new Dispatcher({
      ...options,
      router: this.#router,
      presses: this.#presses,
      guard: createReplyGuard(buttons, store),
      observers: this.#observers,
      seats: new PluginSeats(options.concurrentChats),
      underWay: this.#underWay,
      signal,
    })
    this.#dispatcher = dispatcher
    const answer = (update: IncomingUpdate, attempt: number, place: Place): Promise<void> =>
      dispatcher.answer(update, attempt, place)
    this.#recovery = new Recovery({
      store,
      outbox,
      logger,
      signal,
      answer,
      actions: options.actions,
      journeys: options.journeys,
    })
    const takeUp = (updateId: number, place: Place): Promise<void> => this.#takeUp(updateId, place)
    this.#lanes = new Lanes({
      concurrency: options.concurrentChats,
      capacity,
      takeUp,
      onError: (error) => {
        if (!signal.aborted) logger.error('an update stays on disk until the next start', { err: error })
      },
    })
    this.#forgetting = repeat(() => store.forgetOld(), {
      everyMs: FORGET_INTERVAL_MS,
      onError: (error) =>
        logger.warn('cannot delete old updates', { error: errorMessage(error), err: error }),
    })
  }

  resume(): Promise<void> {
    const resumed = this.#resume()
    this.#resuming = resumed.catch(() => {})
    return resumed
  }

  async #resume(): Promise<void> {
    const begun = new Set<number>()
    for await (const { stored, occasion } of this.#recovery.resume()) {
      const { update, tries } = stored
      if (tries > 0) begun.add(update.chat.id)
      if (begun.has(update.chat.id)) this.#seen.inherit(update)
      this.#enqueue(stored, performance.now(), occasion)
    }
    this.#forgetting.within(0)
  }

  accept(updates: readonly IncomingUpdate[]): Promise<void> {
    const { access, store } = this.#options
    const since = performance.now()
    const wanted = access ? updates.filter((update) => !access.isIgnored(update)) : updates
    if (wanted.length === 0) return Promise.resolve()
    return store.accept(wanted).then((fresh) => {
      this.#accepted += fresh.length
      for (const stored of fresh) this.#enqueue(stored, since)
      return this.#lanes.size >= this.#capacity ? this.#lanes.whenRoomy() : undefined
    })
  }

  async replay(updateId: number): Promise<boolean> {
    // otherwise `resume` would find the update too and process it a second time
    await this.#resuming
    const stored = await this.#options.store.replay(updateId)
    if (stored) this.#enqueue(stored, performance.now(), ALONE)
    return stored !== undefined
  }

  isFull(): boolean {
    return this.#lanes.isFull
  }

  stats(): PipelineStats {
    const { outbox } = this.#options
    const { answered, failed, turnedAway } = this.#dispatcher
    return {
      pending: this.#lanes.size,
      unsent: outbox.size,
      accepted: this.#accepted,
      answered,
      failed: failed + this.#failed,
      turnedAway,
      parked: this.#recovery.parked,
      undelivered: outbox.failed,
      ambiguous: outbox.ambiguous,
    }
  }

  async drain(milliseconds: number): Promise<{ left: number }> {
    const { outbox, store } = this.#options
    const forgotten = this.#forgetting.stop()
    this.#albums.close()
    const held = outbox.holdBroadcasts(Math.min(milliseconds, BROADCAST_GRACE_MS))
    const idle = this.#resuming.then(() => this.#lanes.whenIdle()).then(() => outbox.whenIdle())
    if (!(await endsWithin(idle, milliseconds))) {
      this.#lanes.clear()
      this.#stop.abort(new Error('The assistant stops.'))
      outbox.close()
      await endsWithin(idle, ABORT_GRACE_MS)
    }
    await held
    await forgotten
    // messages that plugins add from here on wait for the next start
    outbox.close()
    this.#router.close()
    this.#observers.close()
    const { updates, messages } = await store.left()
    return { left: updates + messages }
  }

  /** @param since when the update arrived, by the monotonic clock */
  #enqueue(stored: StoredUpdate, since: number, occasion?: SecondOccasion): void {
    const { update } = stored
    this.#acknowledge(update)
    const isAlbum = update.album !== undefined
    if (isAlbum && !this.#albums.add(update, occasion !== undefined)) return
    const isUrgent = !isAlbum && this.#router.isUrgent(update)
    const key = laneKey(update)
    const journey = this.#options.journeys?.open(update, since)
    if (occasion) journey?.begin('inbox', 'from disk', { earlierTries: stored.tries }).end()
    else journey?.begin('inbox', 'written', undefined, since).end()
    // a flood in one chat must not fill the memory or use up the capacity, so the rest of it stays
    // on disk
    if (this.#lanes.isLong(key)) this.#lanes.leave(key, update.updateId)
    else {
      if (update.kind === 'edited_message') this.#rewordings.add(update)
      const heldUp = (): boolean => this.#heldUp(update)
      const ahead = journey && !isUrgent ? this.#lanes.ahead(key) : undefined
      const waiting = journey?.begin('lane', isUrgent ? 'urgent' : 'chat', ahead && behind(ahead))
      const work = (place: Place): Promise<void> => {
        waiting?.end()
        return inStep(journey, () => this.#work(stored, place, occasion))
      }
      this.#lanes.push(key, work, { isUrgent, heldUp, id: update.updateId })
    }
  }

  /**
   * An update would wait behind an answer that takes a while. Commands do not wait, nor do new words
   * for the message that is being answered or a late part of its album; other questions are seen.
   */
  #heldUp(update: IncomingUpdate): boolean {
    if (this.#router.isCommand(update)) return true
    const answered = this.#underWay.messageOf(update)
    if (answered !== undefined) this.#rewordings.overtake(update, answered)
    else this.#seen.show(update)
    return answered !== undefined
  }

  /** Processes an update that was left on disk. */
  async #takeUp(updateId: number, place: Place): Promise<void> {
    const { outbox, store, journeys } = this.#options
    const stored = await outbox.write(() => store.waiting(updateId))
    if (!stored) return
    const known = journeys?.find(updateId)
    known?.begin('lane', 'on disk', undefined, known.since).end()
    const journey = known ?? journeys?.open(stored.update, performance.now())
    await inStep(journey, () => this.#work(stored, place, stored.tries > 0 ? ALONE : undefined))
  }

  /** Processes an update. Never rejects. */
  async #work(stored: StoredUpdate, place: Place, occasion?: SecondOccasion): Promise<void> {
    const { signal } = this.#stop
    if (signal.aborted) return
    try {
      const own = this.#whole(stored.update, place)
      const update = own instanceof Promise ? await own : own
      if (!update) return
      await this.#answer({ ...stored, update }, place, occasion)
      const rest = place.isUrgent ? undefined : this.#rewordings.rest(update)
      if (rest) await oneSettled([rest], signal)
    } catch (error) {
      if (signal.aborted) return
      this.#failed += 1
      const { updateId } = stored.update
      this.#options.journeys?.find(updateId)?.finish('failed')
      this.#options.logger.error('update failed', {
        update: updateId,
        error: errorMessage(error),
        err: error,
      })
    } finally {
      this.#rewordings.end(stored.update.updateId)
    }
  }

  /**
   * What is answered: an album with all its parts, and the newest words of a message. `undefined` when
   * there is nothing to answer any more, or not yet.
   */
  #whole(
    update: IncomingUpdate,
    place: Place,
  ): IncomingUpdate | undefined | Promise<IncomingUpdate | undefined> {
    if (update.album !== undefined) {
      // other chats do not wait for the rest of the album
      place.release()
      return recorded('album', 'album', () => this.#albums.gather(update))
    }
    if (update.kind === 'edited_message') return this.#rewordings.begin(update) ? update : undefined
    const reworded = this.#rewordings.reword(update)
    if (!reworded) return update
    const { outbox, store } = this.#options
    return outbox.write(() => store.merge(reworded.update, reworded.editIds)).then(() => reworded.update)
  }

  #answer(stored: StoredUpdate, place: Place, occasion: SecondOccasion | undefined): Promise<void> {
    this.#seen.takeAway(stored.update)
    if (occasion) return this.#recovery.retry(stored, occasion, place)
    this.#options.store.beginSoon(stored.update.updateId)
    return this.#dispatcher.answer(stored.update, 1, place)
  }

  /**
   * Acknowledges a button press at once, however busy its chat is: the spinner ends after about 15
   * seconds. It says so when the press does not count.
   */
  #acknowledge(update: IncomingUpdate): void {
    if (update.kind !== 'callback_query') return
    const { registry, actions, logger } = this.#options
    const plugins = registry.plugins().map(({ descriptor }) => descriptor.name)
    const pending = registry.pending?.map(({ name }) => name) ?? []
    this.#presses.refusal(update, [...plugins, ...pending]).then(
      (notice) => actions.answerCallback(update.callback.id, notice),
      (error: unknown) => logger.warn('cannot check a press of a button', { err: error }),
    )
  }
}

/** What an update waits behind, for its journey. */
function behind({ id, count }: Ahead): StepFacts {
  return { ahead: count, ...(id !== undefined && { behind: id }) }
}

/** One lane per chat or topic. */
function laneKey({ chat: { id, topicId } }: IncomingUpdate): LaneKey {
  return topicId === undefined ? id : `${id}/${topicId}`
}
