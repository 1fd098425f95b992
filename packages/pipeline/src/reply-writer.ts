import { withinTime } from '@pluggram/base'
import { DeliveryError, errorMessage } from '@pluggram/sdk'
import type { Logger, PluginResponse, PluginResult, Reply, SentMessage } from '@pluggram/sdk'
import type {
  ChatActions,
  Format,
  IncomingUpdate,
  OutgoingMessage,
  SentMessages,
  WrittenText,
} from '@pluggram/sdk/runtime'
import { describeData } from './describe-data.ts'
import type { Buttons } from './buttons.ts'
import type { Outbox } from './outbox.ts'

export interface ReplyWriterOptions {
  readonly update: IncomingUpdate
  readonly pluginName: string
  readonly format: Format
  readonly actions: ChatActions
  readonly outbox: Outbox
  readonly guard: ReplyGuard
  readonly logger: Logger
  readonly signal: AbortSignal
  /** How long a streamed text may pause, in milliseconds. */
  readonly stallMs: number
  readonly onStall: () => Error
  /** Called when a person stopped the text: the plugin need not go on. */
  readonly onStopped: () => void
}

/** The messages that a result becomes, and the error if its text broke off. */
export interface WrittenAnswer {
  readonly messages: readonly OutgoingMessage[]
  readonly failure?: { readonly error: unknown }
}

/** Turns one plugin's replies to one update into messages. */
export class ReplyWriter {
  readonly #options: ReplyWriterOptions
  /** The texts so far, for observers. */
  readonly texts: string[] = []
  /** The message whose earlier answer the replies take the place of. */
  replacesAnswerTo: number | undefined
  #interimCount = 0

  constructor(options: ReplyWriterOptions) {
    this.#options = options
  }

  /**
   * Reads and formats replies in order. It sends only reactions and previews. Replies with nothing
   * to wait for, which most are, are formatted synchronously.
   */
  write(replies: readonly Reply[]): WrittenAnswer | Promise<WrittenAnswer> {
    const [only] = replies
    return only && replies.length === 1 ? this.#writeOne(only) : this.#writeAll(replies)
  }

  async #writeAll(replies: readonly Reply[]): Promise<WrittenAnswer> {
    const messages: OutgoingMessage[] = []
    for (const reply of replies) {
      const written = await this.#writeOne(reply)
      messages.push(...written.messages)
      if (written.failure) return { messages, failure: written.failure }
    }
    return { messages }
  }

  /**
   * Sends replies before the update is finished and waits until Telegram has accepted them. A retry
   * of the update does not send them again.
   */
  async sendNow(response: PluginResponse): Promise<readonly SentMessage[]> {
    const { outbox, update, pluginName } = this.#options
    this.#interimCount += 1
    let failure: WrittenAnswer['failure']
    const sending = await outbox.addOnce(update.updateId, `${pluginName}:${this.#interimCount}`, async () => {
      const written = await this.write(toReplies(response))
      failure = written.failure
      return written.messages
    })
    const outcomes = await Promise.allSettled(sending)
    const sent = outcomes.map((outcome) => {
      if (outcome.status === 'rejected') throw outcome.reason
      return outcome.value
    })
    if (failure) throw failure.error
    return sent
  }

  #writeOne(reply: Reply): WrittenAnswer | Promise<WrittenAnswer> {
    const { guard, pluginName: plugin, update } = this.#options
    const prepared = guard.prepare(reply, {
      plugin,
      chatId: update.chat.id,
      ...(update.kind === 'callback_query' && { pressedId: update.message.id }),
    })
    return prepared instanceof Promise
      ? prepared.then((own) => this.#writePrepared(own))
      : this.#writePrepared(prepared)
  }

  #writePrepared(own: Reply): WrittenAnswer | Promise<WrittenAnswer> {
    const isWhole = typeof own.text === 'string' && own.reaction === undefined
    return isWhole ? this.#format(own) : this.#writeSlowly(own)
  }

  async #writeSlowly({ reaction, ...reply }: Reply): Promise<WrittenAnswer> {
    const { actions, outbox, update, pluginName, signal, stallMs, onStall } = this.#options
    const isShown = reaction === undefined || (await this.#react(reaction))
    if (!hasContent(reply)) {
      // without its words, a reaction that the chat does not allow would be no answer at all
      if (isShown || reaction === undefined || reaction === null) return { messages: [] }
      return this.#format({ ...reply, text: reaction })
    }
    const { text } = reply
    if (text === undefined || typeof text === 'string') return this.#format(reply)
    if (!isAsyncIterable(text)) {
      throw new DeliveryError(
        'reply-invalid',
        `A reply's text must be a string or a text stream, not ${typeof text}.`,
      )
    }
    const stream = withStallLimit(text, stallMs, onStall)
    const notePreview = (messageId: number): void =>
      outbox.notePreview(update.updateId, pluginName, { id: messageId, chatId: update.chat.id })
    const written = await actions.writeDraft(update.chat, { ...reply, text: stream }, signal, notePreview)
    if (written.isStopped === true) this.#options.onStopped()
    const buttons = written.end?.buttons
    return this.#format(buttons ? { ...reply, buttons: await this.#sign(buttons) } : reply, written)
  }

  /** Signs the buttons that a stream returned at its end. */
  async #sign(buttons: NonNullable<Reply['buttons']>): Promise<NonNullable<Reply['buttons']>> {
    const { guard, pluginName: plugin, update } = this.#options
    const signed = await guard.prepare({ text: '', buttons }, { plugin, chatId: update.chat.id })
    return signed.buttons ?? []
  }

  /** False when Telegram refuses the reaction, for example because the chat allows other emoji only. */
  async #react(reaction: string | null): Promise<boolean> {
    const { actions, update, logger } = this.#options
    try {
      await actions.react(update.chat, update.message.id, reaction)
      return true
    } catch (error) {
      logger.info('Telegram refused a reaction', { chat: update.chat.id, error: errorMessage(error) })
      return false
    }
  }

  #format(reply: Reply, written?: WrittenText): WrittenAnswer {
    const failure = written?.failure
    const text = written?.text ?? reply.text
    if (failure && text === '') return { messages: [], failure }
    const { format, update, pluginName: plugin } = this.#options
    this.replacesAnswerTo = reply.replacesAnswerTo ?? this.replacesAnswerTo
    const questionId = reply.replacesAnswerTo ?? questionOf(update)
    const messages = format(update.chat, reply, written).map((message) => ({
      ...message,
      plugin,
      ...(questionId !== undefined && { questionId }),
    }))
    this.texts.push(typeof text === 'string' ? text : `[${reply.media?.kind ?? 'location'}]`)
    return failure ? { messages, failure } : { messages }
  }
}

/** What a reply answers. The message of a button is the plugin's own. */
function questionOf({ kind, message }: IncomingUpdate): number | undefined {
  return kind === 'callback_query' ? undefined : message.id
}

function hasContent(reply: Reply): boolean {
  return (
    reply.text !== undefined ||
    reply.media !== undefined ||
    reply.location !== undefined ||
    reply.buttons !== undefined
  )
}

/** A plugin's response as a list of replies, in order. */
function toReplies(response: PluginResponse): Reply[] {
  if (typeof response === 'string') return [{ text: response }]
  if (Array.isArray(response))
    return response.map((item) => (typeof item === 'string' ? { text: item } : item))
  if (isAsyncIterable(response)) return [{ text: response }]
  if (typeof response === 'object' && response !== null) return [response as Reply]
  throw new DeliveryError(
    'reply-invalid',
    `A response must be text or a reply, but it is ${typeof response}.`,
  )
}

/** The replies of a successful result; empty when it shows nothing. */
export function resultReplies(result: Extract<PluginResult, { success: true }>): Reply[] {
  if (result.response !== undefined) return toReplies(result.response)
  return result.data === undefined ? [] : [{ text: describeData(result.data) }]
}

/**
 * The same stream, but a pause longer than `milliseconds` ends it with an error, so that a stream
 * that hangs does not block its chat forever.
 */
async function* withStallLimit(
  chunks: AsyncIterable<string>,
  milliseconds: number,
  onStall: () => Error,
): AsyncGenerator<string, unknown> {
  const iterator: AsyncIterator<string, unknown> = chunks[Symbol.asyncIterator]()
  let isFinished = false
  try {
    while (true) {
      const next = await withinTime(iterator.next(), milliseconds, () => {
        throw onStall()
      })
      if (next.done) {
        isFinished = true
        return next.value
      }
      yield String(next.value)
    }
  } finally {
    // not awaited: a source that hangs in next() hangs in return() too
    if (!isFinished) void Promise.resolve(iterator.return?.()).catch(() => {})
  }
}

function isAsyncIterable(value: unknown): value is AsyncIterable<string> {
  return typeof value === 'object' && value !== null && Symbol.asyncIterator in value
}

/** Who sends a reply, and where. */
interface ReplySource {
  readonly plugin: string
  readonly chatId: number
  /**
   * The message whose button was pressed. Its plugin may edit it even before it is recorded as
   * sent.
   */
  readonly pressedId?: number
}

/** Makes a plugin's reply ready to be formatted: checks what it edits, and signs its buttons. */
export interface ReplyGuard {
  /**
   * Synchronous for most replies.
   * @throws DeliveryError `message-not-own` when it edits a message of somebody else; `reply-invalid`
   */
  prepare(reply: Reply, source: ReplySource): Reply | Promise<Reply>
}

export function createReplyGuard(buttons: Buttons, messages: Pick<SentMessages, 'authorOf'>): ReplyGuard {
  async function checkEdit(messageId: number, { plugin, chatId, pressedId }: ReplySource): Promise<void> {
    const author = await messages.authorOf(chatId, messageId)
    if (author === plugin || (author === undefined && messageId === pressedId)) return
    throw new DeliveryError(
      'message-not-own',
      `Plugin ${plugin} edits the message ${messageId} of chat ${chatId}, which it did not send, or sent more than 90 days ago. A plugin can edit only its own messages.`,
    )
  }

  return {
    prepare(reply, source) {
      const { editMessageId, buttons: rows, previewButtons } = reply
      const sign = (): Reply | Promise<Reply> => buttons.sign(reply, source.plugin, source.chatId)
      if (editMessageId !== undefined) return checkEdit(editMessageId, source).then(sign)
      return rows || previewButtons ? sign() : reply
    },
  }
}
