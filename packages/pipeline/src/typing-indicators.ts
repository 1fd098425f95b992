import type { Chat } from '@pluggram/sdk'
import { UnorderedList } from '@pluggram/sdk/runtime'
import type { ChatActions, Listed } from '@pluggram/sdk/runtime'

/** A quick answer needs no "typing…", and each call counts toward Telegram's limits. */
const DELAY_MS = 250
/** Telegram shows an action for five seconds (Bot API: sendChatAction). */
const REPEAT_MS = 4_500
const LOOK_MS = 100

interface Work {
  readonly chat: Chat
  /** When "typing…" is shown next, by the monotonic clock. */
  showAt: number
}

/**
 * Shows "typing…" for messages that take a while, from shortly after `begin` until `end`. All share
 * one timer: most are answered long before it fires, and a timer for each would cost time.
 */
export class TypingIndicators {
  readonly #actions: Pick<ChatActions, 'showTyping'>
  readonly #works = new UnorderedList<Work>()
  #timer: NodeJS.Timeout | undefined

  constructor(actions: Pick<ChatActions, 'showTyping'>) {
    this.#actions = actions
  }

  /** Returns the handle for `end`. */
  begin(chat: Chat): Listed<Work> {
    this.#timer ??= setInterval(() => this.#look(), LOOK_MS)
    return this.#works.add({ chat, showAt: performance.now() + DELAY_MS })
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
      void this.#actions.showTyping(work.chat)
    }
  }
}
