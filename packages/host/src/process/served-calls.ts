import { PluggramError } from '@pluggram/sdk'
import type { AiSubject } from '@pluggram/sdk'
import { currentStep, inStep } from '@pluggram/sdk/runtime'
import type { CallContext, Step } from '@pluggram/sdk/runtime'
import { parseResponse } from '../calls/parse-result.ts'
import type { Peer } from '../wire/peer.ts'
import { decodeResponse } from '../wire/wire-response.ts'
import type { AskedContext } from '../wire/wire-context.ts'

/** The most replies to one message; more are a bug in the plugin. */
const MAX_REPLIES = 200

/** How many past contexts are kept, since a plugin may reply after its answer. */
const MAX_PAST_CALLS = 100

interface OpenCall {
  readonly context: AskedContext
  readonly signal: AbortSignal | undefined
  /** The call in the message's journey. */
  readonly step: Step | undefined
  replies: number
}

/** The contexts of messages that a plugin process is processing, and its calls on them. */
export class ServedCalls {
  readonly #plugin: string
  readonly #onFlood: (what: string) => void
  readonly #open = new Map<number, OpenCall>()
  readonly #past = new Map<number, OpenCall>()
  #nextId = 1

  constructor(plugin: string, onFlood: (what: string) => void) {
    this.#plugin = plugin
    this.#onFlood = onFlood
  }

  get size(): number {
    return this.#open.size
  }

  add(context: AskedContext, signal: AbortSignal | undefined): number {
    const id = this.#nextId++
    this.#open.set(id, { context, signal, step: currentStep(), replies: 0 })
    return id
  }

  /** Runs what the process asked for during a call, as part of the message's journey. */
  during<T>(id: unknown, work: () => T): T {
    const call = typeof id === 'number' ? this.#open.get(id) : undefined
    return inStep(call?.step, work)
  }

  /** Moves a message to the past once it is answered. */
  end(id: number): void {
    const call = this.#open.get(id)
    if (!call) return
    this.#open.delete(id)
    this.#past.set(id, call)
    const [oldest] = this.#past.keys()
    if (this.#past.size > MAX_PAST_CALLS && oldest !== undefined) this.#past.delete(oldest)
  }

  /** Whether the chat and user belong to one message that the plugin got, now or recently. */
  knows({ chat, user }: AiSubject): boolean {
    const isOf = ({ context }: OpenCall): boolean =>
      (chat === undefined || chat.id === context.chat.id) &&
      (user === undefined || user.id === context.user.id)
    return this.#open.values().some(isOf) || this.#past.values().some(isOf)
  }

  /**
   * The context of a message that the plugin got, now or recently.
   * @throws PluggramError `plugin-timeout`
   */
  contextOf(id: number): CallContext {
    const { context, signal = new AbortController().signal } = this.#find(id)
    return { ...context, signal }
  }

  async reply([id, response]: readonly unknown[], peer: Peer): Promise<unknown> {
    const call = this.#find(id)
    call.replies += 1
    if (call.replies > MAX_REPLIES) {
      if (call.replies === MAX_REPLIES + 1)
        this.#onFlood(`sent more than ${MAX_REPLIES} replies to one message`)
      throw new PluggramError(
        'reply-invalid',
        `Plugin ${this.#plugin} sent ${MAX_REPLIES} replies to one message; no more are possible.`,
      )
    }
    const decoded = decodeResponse(response, (stream) => peer.streams.read(stream))
    return call.context.reply(parseResponse(this.#plugin, decoded))
  }

  async react([id, emoji]: readonly unknown[]): Promise<void> {
    await this.#find(id).context.react(typeof emoji === 'string' ? emoji : null)
  }

  groupRights([id]: readonly unknown[]): ReturnType<CallContext['groupRights']> {
    return this.#find(id).context.groupRights()
  }

  async download([id, attachment]: readonly unknown[]): Promise<Uint8Array> {
    const { context } = this.#find(id)
    const fileId: unknown = Reflect.get(Object(attachment), 'fileId')
    // only files of this message and the one it answers, because a plugin must not read other chats' files
    const { attachments, replyTo, carried = [] } = context.message
    const own = [...attachments, ...[replyTo, ...carried].flatMap((other) => other?.attachments ?? [])]
      .flatMap((item) => ('fileId' in item ? [item, ...(item.previews ?? [])] : []))
      .find((item) => item.fileId === fileId)
    if (!own) throw new PluggramError('delivery-failed', 'That file does not belong to this message.')
    return context.download(own)
  }

  #find(id: unknown): OpenCall {
    const call = typeof id === 'number' ? (this.#open.get(id) ?? this.#past.get(id)) : undefined
    if (call) return call
    throw new PluggramError(
      'plugin-timeout',
      `Plugin ${this.#plugin} used the context of a message that was answered long ago.`,
    )
  }
}
