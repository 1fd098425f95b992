import { randomInt } from 'node:crypto'

/** A draft that is being shown in a private chat. */
export interface LiveDraft {
  /** Bot API: draft_id. */
  readonly id: number
  /** Aborted when the person in the chat stops the text. */
  readonly stopped: AbortSignal
  close(): void
}

interface Entry {
  readonly chatId: number
  readonly controller: AbortController
}

/** The drafts that are being written. Telegram shows a button with them that stops the text. */
export class LiveDrafts {
  readonly #drafts = new Map<number, Entry>()

  open(chatId: number): LiveDraft {
    const id = randomInt(1, 2 ** 31)
    const controller = new AbortController()
    this.#drafts.set(id, { chatId, controller })
    return { id, stopped: controller.signal, close: () => void this.#drafts.delete(id) }
  }

  /** Stops the text of a draft, if it is still being written in that chat. */
  stop(chatId: number, draftId: number): void {
    const draft = this.#drafts.get(draftId)
    if (draft?.chatId === chatId) draft.controller.abort(new Error('The person stopped the text.'))
  }
}
