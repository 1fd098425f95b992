import type { Chat } from '@pluggram/sdk'
import type { Messenger } from '@pluggram/sdk/runtime'

/** A quick answer needs no "typing…", and a call saved is a call that cannot meet a limit. */
const DELAY_MS = 250
/** Telegram shows an action for five seconds (Bot API: sendChatAction). */
const REPEAT_MS = 4_500

/** Shows "typing…" from a moment after the start until `stop`. */
export class TypingIndicator {
  readonly #messenger: Messenger
  readonly #chat: Chat
  #timer: NodeJS.Timeout

  constructor(messenger: Messenger, chat: Chat) {
    this.#messenger = messenger
    this.#chat = chat
    this.#timer = setTimeout(() => this.#show(), DELAY_MS)
  }

  stop(): void {
    clearTimeout(this.#timer)
  }

  #show(): void {
    void this.#messenger.showTyping(this.#chat)
    this.#timer = setTimeout(() => this.#show(), REPEAT_MS)
  }
}
