import { DeliveryError } from '@pluggram/sdk'
import type { PluginResponse, Reply, SentMessage } from '@pluggram/sdk'
import type {
  IncomingUpdate,
  MessageStore,
  Messenger,
  OutgoingMessage,
  SettledReply,
} from '@pluggram/sdk/runtime'
import { withWireButtons } from './callback-data.ts'
import type { Outbox } from './outbox.ts'
import { isAsyncIterable, toReplies, withStallLimit } from './responses.ts'

export interface ReplyWriterOptions {
  readonly update: IncomingUpdate
  readonly pluginName: string
  readonly messenger: Messenger
  readonly store: MessageStore
  readonly outbox: Outbox
  readonly signal: AbortSignal
  /** How long a streamed text may pause, in milliseconds. */
  readonly stallMs: number
  readonly onStall: () => Error
}

/** What a result becomes: parts for the outbox, and why its text broke off if it did. */
export interface WrittenReplies {
  readonly parts: readonly OutgoingMessage[]
  readonly failure?: { readonly error: unknown }
}

/** Turns one plugin's replies to one update into parts. */
export class ReplyWriter {
  readonly #options: ReplyWriterOptions
  /** What was written, for those who observe. */
  readonly texts: string[] = []
  #interimCount = 0

  constructor(options: ReplyWriterOptions) {
    this.#options = options
  }

  /**
   * Reads and plans replies in order; nothing is sent but reactions and previews. What has nothing to wait for, as most
   * answers, is planned at once.
   */
  write(replies: readonly Reply[]): WrittenReplies | Promise<WrittenReplies> {
    const [only] = replies
    return only && replies.length === 1 ? this.#writeOne(only) : this.#writeAll(replies)
  }

  async #writeAll(replies: readonly Reply[]): Promise<WrittenReplies> {
    const parts: OutgoingMessage[] = []
    for (const reply of replies) {
      const written = await this.#writeOne(reply)
      parts.push(...written.parts)
      if (written.failure) return { parts, failure: written.failure }
    }
    return { parts }
  }

  /**
   * Sends replies before the update is finished and waits until Telegram took them. When the update is tried
   * again, what the earlier try had sent is not sent again.
   */
  async sendNow(response: PluginResponse): Promise<readonly SentMessage[]> {
    const { store, outbox, update, pluginName } = this.#options
    this.#interimCount += 1
    const key = `${pluginName}:${this.#interimCount}`
    const known = store.interim(update.updateId, key)
    const { parts, failure }: WrittenReplies =
      known.length > 0 ? { parts: [] } : await this.write(toReplies(response))
    const stored = known.length > 0 ? known : await store.addInterim(update.updateId, key, parts)
    // all are queued before one is awaited: nothing of the chat may come between the parts
    const sending = stored.map((row) =>
      row.sentMessageId === undefined ? outbox.push(row) : { id: row.sentMessageId, chatId: row.chatId },
    )
    const outcomes = await Promise.allSettled(sending)
    const sent = outcomes.map((outcome) => {
      if (outcome.status === 'rejected') throw outcome.reason
      return outcome.value
    })
    if (failure) throw failure.error
    return sent
  }

  #writeOne(reply: Reply): WrittenReplies | Promise<WrittenReplies> {
    const { pluginName } = this.#options
    const own = withWireButtons(reply, pluginName)
    const { text } = own
    if (typeof text === 'string' && own.reaction === undefined) return this.#plan({ reply: { ...own, text } })
    return this.#settleOne(own)
  }

  async #settleOne({ reaction, ...rest }: Reply): Promise<WrittenReplies> {
    const { messenger, update, signal } = this.#options
    if (reaction !== undefined) await messenger.react(update.chat, update.message.id, reaction)
    if (reaction !== undefined && !hasContent(rest)) return { parts: [] }
    return this.#plan(await messenger.settle(update.chat, this.#guarded(rest), signal))
  }

  #plan(settled: SettledReply): WrittenReplies {
    const { messenger, update } = this.#options
    const { reply, failure } = settled
    if (failure && !hasContent(reply)) return { parts: [], failure }
    const parts = messenger.plan(update.chat, settled)
    this.texts.push(reply.text ?? `[${reply.media?.kind ?? 'location'}]`)
    return failure ? { parts, failure } : { parts }
  }

  #guarded(reply: Reply): Reply {
    const { stallMs, onStall } = this.#options
    if (!isAsyncIterable(reply.text)) {
      if (reply.text === undefined || typeof reply.text === 'string') return reply
      throw new DeliveryError(
        'reply-invalid',
        `A reply's text must be a string or a text stream, not ${typeof reply.text}.`,
      )
    }
    return { ...reply, text: withStallLimit(reply.text, stallMs, onStall) }
  }
}

function hasContent(reply: Reply): boolean {
  return (
    reply.text !== undefined ||
    reply.media !== undefined ||
    reply.location !== undefined ||
    reply.buttons !== undefined
  )
}
