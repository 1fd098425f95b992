import { DeliveryError } from '@pluggram/sdk'
import type { Chat, IncomingMessage } from '@pluggram/sdk'
import { inStep, UnorderedList } from '@pluggram/sdk/runtime'
import type { ChatActions, IncomingUpdate, Listed, RunnablePlugin } from '@pluggram/sdk/runtime'
import type { Place } from './lanes.ts'

/**
 * A quick answer needs no "typing…", and each call counts toward Telegram's limits. What takes
 * longer mostly waits, for a model or another server, and so leaves its place to others.
 */
const DELAY_MS = 250
/** Telegram shows an action for five seconds (Bot API: sendChatAction). */
const REPEAT_MS = 4_500
const LOOK_MS = 100

/** An update that plugins are being asked about. */
export interface Work {
  readonly chat: Chat
  readonly message: Pick<IncomingMessage, 'id' | 'parts' | 'albumId'>
  readonly place: Place
  /** When "typing…" is shown next, by the monotonic clock. */
  showAt: number
  /** Aborts the call of the plugin being asked. */
  controller?: AbortController
}

/**
 * The updates that plugins are being asked about. For those that take a while it shows "typing…" and
 * releases their place. It aborts a call when its chat can no longer be reached, because nobody will
 * read the answer, and all calls when the assistant stops. They share one timer and one listener: most are
 * answered long before the timer fires, and a signal scans its listeners when one is removed.
 */
export class UnderWay {
  readonly #actions: Pick<ChatActions, 'showTyping'>
  readonly #signal: AbortSignal
  readonly #works = new UnorderedList<Work>()
  #timer: NodeJS.Timeout | undefined

  /** @param signal aborted when the assistant stops */
  constructor(actions: Pick<ChatActions, 'showTyping'>, signal: AbortSignal) {
    this.#actions = actions
    this.#signal = signal
    signal.addEventListener('abort', () => this.#abort(), { once: true })
  }

  /** Returns the handle for `controllerFor` and `end`. */
  begin({ chat, message }: Pick<Work, 'chat' | 'message'>, place: Place): Listed<Work> {
    // the timer is for all of them, not part of the journey that starts it
    this.#timer ??= inStep(undefined, () => setInterval(() => this.#look(), LOOK_MS))
    return this.#works.add({ chat, message, place, showAt: performance.now() + DELAY_MS })
  }

  /** The message that is being answered and that an update changes: by an edit, or by a late part of its album. */
  messageOf({ kind, chat, message: { id, albumId } }: IncomingUpdate): number | undefined {
    const isEdit = kind === 'edited_message'
    if (!isEdit && albumId === undefined) return undefined
    for (const work of this.#works.values()) {
      const { message } = work
      if (work.chat.id !== chat.id) continue
      if (albumId !== undefined && message.albumId === albumId) return message.id
      if (isEdit && (message.id === id || message.parts?.includes(id) === true)) return message.id
    }
    return undefined
  }

  /** The controller for the next call of a plugin about this update. */
  controllerFor({ value }: Listed<Work>): AbortController {
    const controller = new AbortController()
    if (this.#signal.aborted) controller.abort(this.#signal.reason)
    value.controller = controller
    return controller
  }

  end(work: Listed<Work>): void {
    this.#works.remove(work)
    if (this.#works.size > 0) return
    clearInterval(this.#timer)
    this.#timer = undefined
  }

  #look(): void {
    const now = performance.now()
    for (const work of this.#works.values()) {
      if (work.showAt > now) continue
      work.showAt = now + REPEAT_MS
      work.place.release()
      void this.#showTyping(work)
    }
  }

  async #showTyping(work: Work): Promise<void> {
    const isReached = await this.#actions.showTyping(work.chat)
    if (!isReached) work.controller?.abort(unreachable())
  }

  #abort(): void {
    for (const { controller } of this.#works.values()) controller?.abort(this.#signal.reason)
  }
}

function unreachable(): DeliveryError {
  return new DeliveryError(
    'delivery-blocked',
    'The chat can no longer be reached: the bot was blocked or removed while it answered.',
  )
}

/** The calls of one plugin. */
interface Seats {
  taken: number
  readonly waiting: (() => void)[]
}

/** Calls about messages that a plugin inside the assistant gets at once: each takes some memory. */
const INSIDE = 1_000

/**
 * Limits how many calls about messages one plugin has at once; further ones wait for their turn. So
 * a plugin that hangs holds up only those who ask it. Urgent calls have seats of their own: a
 * `/stop` does not wait behind what it stops.
 */
export class PluginSeats {
  readonly #inProcess: number
  readonly #ordinary = new WeakMap<RunnablePlugin, Seats>()
  readonly #urgent = new WeakMap<RunnablePlugin, Seats>()

  /** @param inProcess the limit of a plugin in a process of its own */
  constructor(inProcess: number) {
    this.#inProcess = inProcess
  }

  /** Takes a seat; returns nothing when one is free, else a promise that resolves when one is. */
  take(plugin: RunnablePlugin, isUrgent: boolean): Promise<void> | undefined {
    const seats = this.#seatsOf(plugin, isUrgent)
    if (seats.taken < (plugin.isInProcess === true ? this.#inProcess : INSIDE)) {
      seats.taken += 1
      return undefined
    }
    return new Promise((resolve) => seats.waiting.push(resolve))
  }

  /** Gives a seat back; the one who waits longest gets it. */
  leave(plugin: RunnablePlugin, isUrgent: boolean): void {
    const seats = this.#seatsOf(plugin, isUrgent)
    const next = seats.waiting.shift()
    if (next) next()
    else seats.taken -= 1
  }

  #seatsOf(plugin: RunnablePlugin, isUrgent: boolean): Seats {
    const all = isUrgent ? this.#urgent : this.#ordinary
    const known = all.get(plugin)
    if (known) return known
    const seats = { taken: 0, waiting: [] }
    all.set(plugin, seats)
    return seats
  }
}
