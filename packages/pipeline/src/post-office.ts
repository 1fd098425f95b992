import { DeliveryError, isPluggramError } from '@pluggram/sdk'
import type { Logger, SentMessage } from '@pluggram/sdk'
import { POSTED_UPDATE_ID } from '@pluggram/sdk/runtime'
import type {
  OutboxRow,
  MessageStore,
  Messenger,
  OutgoingMessage,
  Posted,
  PostOffice,
  PostRequest,
} from '@pluggram/sdk/runtime'
import { withWireButtons } from './callback-data.ts'
import type { Outbox } from './outbox.ts'

export interface PostOfficeOptions {
  readonly messenger: Messenger
  readonly store: MessageStore
  readonly outbox: Outbox
  readonly logger: Logger
}

/** Messages of one plugin that wait; a file counts as one more for each of these bytes. */
const MAX_WAITING = 5_000
const BYTES_PER_COUNT = 65_536

/**
 * Takes messages that answer no update. They are on disk before anything else happens; from there they go the same way
 * as answers, and what the end of the program leaves is sent by its next start.
 */
export function createPostOffice({ messenger, store, outbox, logger }: PostOfficeOptions): PostOffice {
  const waiting = new Map<string, number>()
  const underWay = new Map<string, Promise<Posted>>()

  async function post(request: PostRequest): Promise<Posted> {
    const { plugin, key } = request
    if (key === undefined) return send(plugin, plan(request), (parts) => store.post(parts))
    const name = `post:${plugin}:${key}`
    // two calls with one key at the same moment are one message, too
    const before = underWay.get(name)
    if (before) return before
    const posted = postOnce(request, name).finally(() => underWay.delete(name))
    underWay.set(name, posted)
    return posted
  }

  async function postOnce(request: PostRequest, name: string): Promise<Posted> {
    const known = store.interim(POSTED_UPDATE_ID, name)
    if (known.length > 0) return follow(known)
    return send(request.plugin, plan(request), (parts) => store.addInterim(POSTED_UPDATE_ID, name, parts))
  }

  function plan({ plugin, chat, replies, isBroadcast }: PostRequest): readonly OutgoingMessage[] {
    const parts = replies.flatMap(({ text, ...reply }) => {
      if (text !== undefined && typeof text !== 'string') {
        throw new DeliveryError(
          'reply-invalid',
          `Plugin ${plugin} sends text that is still being written. Collect it first.`,
        )
      }
      const whole = text === undefined ? reply : { ...reply, text }
      return messenger.plan(chat, { reply: withWireButtons(whole, plugin) as typeof whole })
    })
    return isBroadcast ? parts.map((part) => ({ ...part, isBroadcast })) : parts
  }

  async function send(
    plugin: string,
    parts: readonly OutgoingMessage[],
    keepParts: (parts: readonly OutgoingMessage[]) => Promise<readonly OutboxRow[]>,
  ): Promise<Posted> {
    const leave = enter(plugin, parts)
    try {
      const posted = follow(await keepParts(parts))
      posted.sent.then(leave, leave)
      return posted
    } catch (error) {
      leave()
      throw error
    }
  }

  /** Counts what waits, and refuses what is too much. */
  function enter(plugin: string, parts: readonly OutgoingMessage[]): () => void {
    const count = parts.reduce(
      (sum, { bytes }) => sum + 1 + Math.floor((bytes?.length ?? 0) / BYTES_PER_COUNT),
      0,
    )
    const before = waiting.get(plugin) ?? 0
    if (before + count > MAX_WAITING) {
      throw new DeliveryError(
        'delivery-limit',
        `${before} messages of plugin ${plugin} wait already. Wait for telegram.send before you send more.`,
        { isRetryable: true },
      )
    }
    waiting.set(plugin, before + count)
    return () => {
      const left = (waiting.get(plugin) ?? 0) - count
      if (left > 0) waiting.set(plugin, left)
      else waiting.delete(plugin)
    }
  }

  /** All are queued before one is awaited: nothing of the chat may come between the parts. */
  function follow(rows: readonly OutboxRow[]): Posted {
    const sending = rows.map((row) =>
      row.sentMessageId === undefined
        ? outbox.push(row)
        : Promise.resolve({ id: row.sentMessageId, chatId: row.chatId }),
    )
    const sent = Promise.all(sending)
    // whoever does not wait for it learns it from the log, where the outbox told it
    sent.catch((error: unknown) => {
      if (!isPluggramError(error)) logger.debug('a message was not sent', { err: error })
    })
    return { sent: sent satisfies Promise<readonly SentMessage[]> }
  }

  return { post }
}
