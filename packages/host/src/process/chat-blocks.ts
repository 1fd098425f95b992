import type { JsonObject } from '../json-types.ts'

interface Noted {
  readonly json: string
  readonly block: JsonObject
}

/** What was set for single chats, as the host told it last: the same object for as long as it is the same. */
export class ChatBlocks {
  readonly #known = new Map<number, Noted>()

  /** Keeps it; gives the object that stands for it. */
  note(chatId: number, block: JsonObject | undefined): JsonObject | undefined {
    if (!block) {
      this.#known.delete(chatId)
      return undefined
    }
    const json = JSON.stringify(block)
    const known = this.#known.get(chatId)
    if (known?.json === json) return known.block
    this.#known.set(chatId, { json, block })
    return block
  }

  of(chatId: number): JsonObject | undefined {
    return this.#known.get(chatId)?.block
  }
}
