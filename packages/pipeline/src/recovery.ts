import { endsWithin, KeyLock } from '@pluggram/base'
import type { Logger } from '@pluggram/sdk'
import type { ChatActions, IncomingUpdate, Journeys, MessageStore, StoredUpdate } from '@pluggram/sdk/runtime'
import type { Place } from './lanes.ts'
import type { Outbox } from './outbox.ts'

/** An update that was in progress at this many crashes is parked: it may be their cause. */
export const MAX_TRIES = 3
/**
 * The limit when others were in progress too. One of them, or someone killing the process, may be
 * the cause.
 */
export const MAX_TRIES_AMONG_OTHERS = 5
/**
 * After this many crashes suspects are tried one at a time, to find out which one is the cause.
 */
const SUSPECT_TRIES = 2
/** How long an update's retry waits for unsent messages to go out and to be marked as sent. */
const SEND_FIRST_MS = 2_000

export interface RecoveryOptions {
  readonly store: MessageStore
  readonly outbox: Outbox
  readonly actions: Pick<ChatActions, 'deleteMessage'>
  readonly logger: Logger
  /** Aborted when the assistant stops. */
  readonly signal: AbortSignal
  readonly journeys?: Journeys | undefined
  /** Does the work; `attempt` is 1 on the first try. */
  readonly answer: (update: IncomingUpdate, attempt: number, place: Place) => Promise<void>
}

/** How to retry an update that an earlier run left. */
export interface SecondOccasion {
  readonly maxTries: number
  /** Resolves when the unsent messages are sent, or after a time limit. */
  readonly whenSent?: Promise<unknown>
}

/** A replayed update, or one that was left on disk while its chat was flooded. */
export const ALONE: SecondOccasion = { maxTries: MAX_TRIES }

/**
 * Decides how to try an update again, by the number of crashes during which it was in progress.
 *
 *   tries 0     (in the pipeline) the begin mark is written with one of the next commits, and the work starts at once
 *   tries 1     unsent messages go first (up to 2 s); the begin mark is on disk before work starts
 *   tries 2     the same, and only one such suspect runs at a time
 *   tries 3     parked (at 5, if others were in progress too), until the owner replays it
 *
 *        ┌───────── replay: tries 0 ─────────┐
 *        ▼                                   │
 *       new ──begin──▶ under way ──▶ done    │
 *        ▲                 │                 │
 *        └── the program ends: tries + 1 ──▶ parked
 */
export class Recovery {
  readonly #options: RecoveryOptions
  readonly #suspects = new KeyLock()
  /** Updates parked since the start. */
  parked = 0

  constructor(options: RecoveryOptions) {
    this.#options = options
  }

  /** Tries an update again, or parks it. */
  async retry(
    { update, tries }: StoredUpdate,
    { maxTries, whenSent }: SecondOccasion,
    place: Place,
  ): Promise<void> {
    await this.#deletePreviews(update)
    if (tries >= maxTries) return this.#park(update, tries)
    if (tries > 0) await whenSent
    if (tries < SUSPECT_TRIES) return this.#tryAgain(update, tries, place)
    // many may wait for the one that is tried now
    place.release()
    return this.#suspects.run('suspect', () => this.#tryAgain(update, tries, place))
  }

  /**
   * Queues what an earlier run did not send, and yields the updates it did not finish, oldest
   * first.
   */
  async *resume(): AsyncGenerator<{ readonly stored: StoredUpdate; readonly occasion: SecondOccasion }> {
    const { store, outbox, signal, journeys } = this.#options
    const { begun, messages } = await store.left()
    if (messages > 0 || begun > 0) outbox.startSlowly()
    const sending: Promise<unknown>[] = []
    for await (const rows of store.unsent()) {
      for (const row of rows) {
        if (!journeys?.find(row.updateId)) journeys?.openRest(row.updateId, row.chatId)
        const sent = outbox.push(row)
        sent.catch(() => {})
        if (row.isBroadcast !== true) sending.push(sent)
      }
    }
    outbox.recovered()
    const whenSent = endsWithin(Promise.allSettled(sending), SEND_FIRST_MS)
    const occasion = { maxTries: begun > 1 ? MAX_TRIES_AMONG_OTHERS : MAX_TRIES, whenSent }
    for await (const page of store.unfinished()) {
      if (signal.aborted) return
      for (const stored of page) yield { stored, occasion }
    }
  }

  /**
   * An earlier try may have left half an answer in a group, with buttons that no longer work. Only
   * the read is awaited, because Telegram may be out of reach.
   */
  async #deletePreviews({ updateId, chat }: IncomingUpdate): Promise<void> {
    const { store, actions } = this.#options
    for (const messageId of await store.previews(updateId)) void actions.deleteMessage(chat, messageId)
  }

  async #tryAgain(update: IncomingUpdate, tries: number, place: Place): Promise<void> {
    const { store, outbox, signal, answer } = this.#options
    if (signal.aborted) return
    // this update may have caused the crash: the begin mark must be on disk before the work starts
    // again
    await outbox.write(() => store.begin(update.updateId))
    await answer(update, tries + 1, place)
  }

  async #park(update: IncomingUpdate, tries: number): Promise<void> {
    const { store, outbox, logger, journeys } = this.#options
    this.parked += 1
    const reason = `The assistant ended ${tries} times while it worked on this update.`
    await outbox.write(() => store.park(update.updateId, reason))
    journeys?.find(update.updateId)?.finish('parked')
    logger.error('update parked', { update: update.updateId, chat: update.chat.id, reason })
  }
}
