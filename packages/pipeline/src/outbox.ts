import { endsWithin, wait } from '@pluggram/base'
import { DeliveryError, errorMessage } from '@pluggram/sdk'
import type { Logger, SentMessage } from '@pluggram/sdk'
import { errorName, inStep, POSTED_UPDATE_ID } from '@pluggram/sdk/runtime'
import type {
  Journey,
  Journeys,
  MessageStore,
  MessageTransport,
  OutboxRow,
  OutgoingMessage,
  Step,
} from '@pluggram/sdk/runtime'
import { Lanes, SparingMap } from './lanes.ts'
import { SlowStart } from './slow-start.ts'

export interface OutboxOptions {
  readonly store: MessageStore
  readonly logger: Logger
  /** Records how long messages wait. Default: nothing is recorded. */
  readonly journeys?: Journeys
}

/**
 * One promise for each message: it resolves when Telegram has accepted the message, and rejects
 * when the sender gives up.
 */
export type Sending = readonly Promise<SentMessage>[]

/** Sends the outbox's rows, one row of a chat at a time. */
export interface RowSender extends Pick<MessageTransport, 'supersedes'> {
  /**
   * Sends a row and records the outcome on disk.
   * @param since when the row was queued, on the monotonic clock, so that a clock change does not
   *   expire messages
   */
  send(row: OutboxRow, since: number): Promise<SentMessage>
}

interface Waiting {
  readonly row: OutboxRow
  readonly since: number
  settle: (sent: SentMessage) => void
  fail: (error: unknown) => void
  /** The journey that the message belongs to, and its wait in it. */
  readonly journey?: Journey | undefined
  readonly step?: Step | undefined
}

interface ChatQueue {
  readonly rows: Waiting[]
  isSending: boolean
}

/** Enough for 30 messages a second while some chats wait for their own limits. */
const BROADCASTS_AT_ONCE = 64
const WRITE_AGAIN_MS = 1_000

/**
 * Creates an outbox. Messages can be added before there is a sender: they are stored on disk and
 * wait for `open`.
 */
export function createOutbox(options: OutboxOptions): Outbox {
  return new Outbox(options)
}

/**
 * The messages to send. Each is written to disk first. Messages of one chat go out one after
 * another, those of different chats in parallel. Broadcasts have lanes of their own, so that
 * answers do not wait for them.
 *
 *   add ──▶ on disk ──▶ waiting for a sender ──open──▶ the chat's queue ──▶ sending ──▶ gone
 *
 * A message is marked as sent on disk before the next one of its chat goes out. After `kill -9`,
 * only a chat's message in flight can be sent twice.
 */
export class Outbox {
  readonly #options: OutboxOptions
  readonly #chats = new SparingMap<number, ChatQueue>(({ isSending }) => !isSending)
  readonly #closing = new AbortController()
  /** Present when the last run crashed. */
  #slowStart: SlowStart | undefined
  /** Also one lane per chat, but separate from the answers: no answer waits behind a broadcast. */
  readonly #broadcasts = new Lanes({
    concurrency: BROADCASTS_AT_ONCE,
    capacity: Infinity,
    onError: (error) => this.#options.logger.error('a broadcast could not be sent', { err: error }),
  })
  readonly #broadcastsWaiting = new Set<Waiting>()
  /**
   * Messages that answer no update, by row id. Both their plugin and the recovery at startup can
   * push one.
   */
  readonly #posted = new Map<number, Promise<SentMessage>>()
  /**
   * Posted messages that were sent while the startup still reads unsent rows. It may have read them
   * already and must not send them again.
   */
  #sentEarly: Set<number> | undefined = new Set()
  /** Messages added before there was a sender. */
  readonly #early: Waiting[] = []
  #sender: RowSender | undefined
  #idleWaiters: (() => void)[] = []
  #size = 0
  /** When an answer last began to wait while none did, or was sent or given up. */
  #movedAt = 0
  /** Messages given up, since the start. */
  failed = 0
  /** Messages that may or may not have arrived, since the start. */
  ambiguous = 0

  constructor(options: OutboxOptions) {
    this.#options = options
  }

  /** Aborted by `close`. */
  get signal(): AbortSignal {
    return this.#closing.signal
  }

  get size(): number {
    return this.#size + this.#broadcasts.size + this.#early.length
  }

  /** For how long no answer has gone, although some wait, in milliseconds. */
  get stalledMs(): number {
    return this.#size === 0 ? 0 : performance.now() - this.#movedAt
  }

  /** How many messages of one chat wait. */
  waitingIn(chatId: number): number {
    return this.#chats.get(chatId)?.rows.length ?? 0
  }

  /** Adds messages that answer no update; resolves when they are on disk. */
  async add(messages: readonly OutgoingMessage[]): Promise<Sending> {
    const { store } = this.#options
    return this.#pushAll(await this.write(() => store.post(messages)))
  }

  /**
   * Adds messages that are sent once per key, even if added again: interim replies, and messages to
   * which a plugin gave a key.
   * @param make called when nothing is stored under that key
   */
  async addOnce(
    updateId: number,
    key: string,
    make: () => readonly OutgoingMessage[] | Promise<readonly OutgoingMessage[]>,
  ): Promise<Sending> {
    const { store } = this.#options
    const known = await store.interim(updateId, key)
    if (known.length > 0) return this.#pushAll(known)
    const messages = await make()
    return this.#pushAll(await this.write(() => store.addInterim(updateId, key, messages)))
  }

  /** Marks an update done and adds its answer, in one transaction. */
  finish(updateId: number, messages: readonly OutgoingMessage[]): Promise<Sending> {
    const { store } = this.#options
    return this.write(() => store.finish(updateId, messages)).then((rows) =>
      rows.map((row) => this.push(row)),
    )
  }

  /**
   * Retries work on the database until it succeeds or the assistant stops. A full disk must not lose accepted
   * updates or the records of sent messages.
   */
  write<T>(job: () => Promise<T>): Promise<T> {
    return job().catch(async (failure: unknown) => {
      this.#options.logger.error('cannot write to the database; retrying until it works', {
        error: errorMessage(failure),
        err: failure,
      })
      for (let error = failure; ;) {
        if (this.signal.aborted) throw error
        await wait(WRITE_AGAIN_MS, this.signal)
        try {
          return await job()
        } catch (again) {
          error = again
        }
      }
    })
  }

  /**
   * Notes a message that previews a plugin's answer to an update, so that a retry can delete it and
   * no other plugin can change it.
   */
  notePreview(updateId: number, plugin: string, preview: SentMessage): void {
    const { store } = this.#options
    this.write(() => store.noteSent(plugin, [preview])).catch(() => {})
    this.write(() => store.notePreview(updateId, preview.chatId, preview.id)).catch(() => {})
  }

  /** Queues a message that is on disk. */
  push(row: OutboxRow): Promise<SentMessage> {
    if (row.updateId !== POSTED_UPDATE_ID) return this.#enqueue(row)
    const known = this.#posted.get(row.id)
    if (known) return known
    const sending = this.#enqueue(row).finally(() => this.#forgetPosted(row.id))
    this.#posted.set(row.id, sending)
    return sending
  }

  /** Called when everything that an earlier run left is queued. */
  recovered(): void {
    for (const id of this.#sentEarly ?? []) this.#posted.delete(id)
    this.#sentEarly = undefined
  }

  #forgetPosted(id: number): void {
    if (this.#sentEarly) this.#sentEarly.add(id)
    else this.#posted.delete(id)
  }

  /** Starts to pass rows to the sender. */
  open(sender: RowSender): void {
    this.#sender = sender
    for (const waiting of this.#early.splice(0)) this.#line(waiting, sender)
  }

  /** Starts with few sends at once, because the last run crashed. */
  startSlowly(): void {
    this.#slowStart = new SlowStart()
    this.#slowStart.begin()
  }

  /** Stops sending broadcasts; those not sent yet stay on disk for the next start. */
  async holdBroadcasts(milliseconds: number): Promise<void> {
    this.#broadcasts.clear()
    for (const waiting of this.#broadcastsWaiting) waiting.fail(heldBack())
    this.#broadcastsWaiting.clear()
    await endsWithin(this.#broadcasts.whenIdle(), milliseconds)
  }

  /** Resolves when only broadcasts are left. */
  async whenIdle(): Promise<void> {
    while (this.#size > 0) await new Promise<void>((resolve) => this.#idleWaiters.push(resolve))
  }

  /** Stops sending. Unsent messages stay on disk. */
  close(): void {
    this.#slowStart?.end()
    this.#closing.abort(new Error('The assistant stops.'))
  }

  /**
   * Queues all rows before any is awaited, so that no other message of the chat comes between them.
   */
  #pushAll(rows: readonly OutboxRow[]): Sending {
    return rows.map((row) =>
      row.sentMessageId === undefined
        ? this.push(row)
        : Promise.resolve({ id: row.sentMessageId, chatId: row.chatId }),
    )
  }

  #enqueue(row: OutboxRow): Promise<SentMessage> {
    const journey = this.#options.journeys?.find(row.updateId)
    const step = journey?.begin('outbox', 'message', { row: row.id })
    return new Promise((settle, fail) => {
      const waiting: Waiting = { row, since: performance.now(), settle, fail, journey, step }
      if (this.#sender) this.#line(waiting, this.#sender)
      else this.#early.push(waiting)
    })
  }

  #line(waiting: Waiting, sender: RowSender): void {
    const { row } = waiting
    if (row.isBroadcast === true) {
      this.#broadcastsWaiting.add(waiting)
      this.#broadcasts.push(row.chatId, () => {
        this.#broadcastsWaiting.delete(waiting)
        return this.#sendOne(waiting, sender)
      })
      return
    }
    if (this.#size === 0) this.#movedAt = performance.now()
    this.#size += 1
    const queue = this.#queueOf(row.chatId)
    this.#coalesce(queue, waiting, sender)
    queue.rows.push(waiting)
    if (!queue.isSending) void this.#send(queue, sender)
  }

  #queueOf(chatId: number): ChatQueue {
    const known = this.#chats.get(chatId)
    if (known) return known
    const queue = { rows: [], isSending: false }
    this.#chats.set(chatId, queue)
    return queue
  }

  /**
   * Of several waiting edits of one message, only the newest is sent. The others resolve or reject
   * with it.
   */
  #coalesce(queue: ChatQueue, newer: Waiting, sender: RowSender): void {
    // the first may already be in flight
    const index = queue.rows.findIndex((item, at) => at > 0 && sender.supersedes?.(newer.row, item.row))
    if (index === -1) return
    const [older] = queue.rows.splice(index, 1)
    if (!older) return
    this.#size -= 1
    older.step?.end('replaced by a newer edit')
    const { store } = this.#options
    const { settle, fail } = newer
    const note = (job: () => Promise<void>): void => void this.write(job).catch(() => {})
    newer.settle = (sent) => {
      settle(sent)
      note(() => store.markSent(older.row, sent))
      older.settle(sent)
    }
    newer.fail = (reason) => {
      fail(reason)
      if (!this.signal.aborted) note(() => store.markFailed(older.row.id, errorMessage(reason)))
      older.fail(reason)
    }
  }

  async #send(queue: ChatQueue, sender: RowSender): Promise<void> {
    queue.isSending = true
    for (let next = queue.rows[0]; next; next = queue.rows[0]) {
      const slowStart = this.#slowStart
      const place = slowStart?.enter()
      if (place) await place
      await this.#sendOne(next, sender)
      slowStart?.leave()
      queue.rows.shift()
      this.#size -= 1
      this.#movedAt = performance.now()
    }
    queue.isSending = false
    if (this.#size === 0) for (const resolve of this.#idleWaiters.splice(0)) resolve()
  }

  async #sendOne(waiting: Waiting, sender: RowSender): Promise<void> {
    const { row, since, journey } = waiting
    // begun first: a journey is over when nothing of it is on its way
    const step = journey?.begin('send', 'message', { row: row.id })
    waiting.step?.end()
    try {
      // explicitly without a step, too: the work of another message may have started this loop
      const sent = await inStep(step, () => sender.send(row, since))
      step?.end(undefined, { message: sent.id })
      waiting.settle(sent)
    } catch (error) {
      step?.end('failed', { error: errorName(error) })
      waiting.fail(error)
    }
  }
}

/** The assistant stopped before the broadcast was sent. */
function heldBack(): DeliveryError {
  return new DeliveryError(
    'delivery-failed',
    'The assistant stops; this message is kept and sent by its next start.',
  )
}
