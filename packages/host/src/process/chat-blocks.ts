import type { JsonObject } from '../json-types.ts'

interface Noted {
  readonly json: string
  readonly block: JsonObject
}

/** Chats' settings, as last sent by the host; the same object while they stay equal. */
export class ChatBlocks {
  readonly #known = new Map<number, Noted>()

  /** Stores a block; returns the object to use for it. */
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
