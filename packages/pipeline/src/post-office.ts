import { DeliveryError, isPluggramError } from '@pluggram/sdk'
import type { Logger, Reply } from '@pluggram/sdk'
import { POSTED_UPDATE_ID } from '@pluggram/sdk/runtime'
import type { Format, OutgoingMessage, PostOffice, PostRequest } from '@pluggram/sdk/runtime'
import type { Outbox, Sending } from './outbox.ts'
import type { ReplyGuard } from './reply-writer.ts'

export interface PostOfficeOptions {
  readonly outbox: Outbox
  readonly format: Format
  readonly guard: ReplyGuard
  readonly logger: Logger
}

/**
 * How many messages of one plugin may wait. A file counts as one more per `BYTES_PER_COUNT` bytes.
 */
const MAX_WAITING = 5_000
const BYTES_PER_COUNT = 65_536

type Kept = ReturnType<PostOffice['post']>

/**
 * Accepts messages that answer no update. They are written to disk first and then sent like
 * answers; the next start sends what is left.
 */
export function createPostOffice({ outbox, format, guard, logger }: PostOfficeOptions): PostOffice {
  const waiting = new Map<string, number>()
  const underWay = new Map<string, Kept>()

  async function post(request: PostRequest): Kept {
    const { plugin, key } = request
    if (key === undefined) return send(request, (make) => outbox.add(make()))
    const name = `post:${plugin}:${key}`
    // concurrent calls with one key also make one message
    const before = underWay.get(name)
    if (before) return before
    const posted = send(request, (make) => outbox.addOnce(POSTED_UPDATE_ID, name, make))
    underWay.set(name, posted)
    return posted.finally(() => underWay.delete(name))
  }

  async function send(
    request: PostRequest,
    add: (make: () => readonly OutgoingMessage[]) => Promise<Sending>,
  ): Kept {
    let leave = (): void => {}
    try {
      const replies = await Promise.all(request.replies.map((reply) => prepare(guard, request, reply)))
      const sending = await add(() => {
        const messages = formatAll(format, request, replies)
        leave = enter(request.plugin, messages)
        return messages
      })
      const sent = Promise.all(sending)
      // handled here for callers that do not wait; the sender has logged it
      sent.then(leave, (error: unknown) => {
        leave()
        if (!isPluggramError(error)) logger.debug('a message was not sent', { err: error })
      })
      return { sent }
    } catch (error) {
      leave()
      throw error
    }
  }

  /** Counts the plugin's waiting messages, and throws when there are too many. */
  function enter(plugin: string, messages: readonly OutgoingMessage[]): () => void {
    const count = messages.reduce(
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

  return { post }
}

async function prepare(guard: ReplyGuard, { plugin, chat }: PostRequest, reply: Reply): Promise<Reply> {
  if (reply.text !== undefined && typeof reply.text !== 'string') {
    throw new DeliveryError(
      'reply-invalid',
      `Plugin ${plugin} sends text that is still being written. Collect it first.`,
    )
  }
  return guard.prepare(reply, { plugin, chatId: chat.id })
}

function formatAll(
  format: Format,
  { plugin, chat, isBroadcast }: PostRequest,
  replies: readonly Reply[],
): readonly OutgoingMessage[] {
  return replies
    .flatMap((reply) => format(chat, reply))
    .map((message) => ({ ...message, plugin, ...(isBroadcast && { isBroadcast }) }))
}
