import { createHash } from 'node:crypto'
import { KeyLock } from '@pluggram/base'
import { z } from '@pluggram/sdk'
import type { Chat, Store } from '@pluggram/sdk'
import { chatKey } from './chat-key.ts'
import type { OfferedTool } from './offered-tools.ts'

const MAX_ALLOWED = 100
const markSchema = z.array(z.string())

/** Whose calls, and where. */
export interface AllowedPlace {
  readonly chat: Pick<Chat, 'id' | 'topicId'>
  /** The person on whose behalf the calls are made. */
  readonly userId: number
}

/**
 * Tools that a person always allows in a chat, for calls on that person's own behalf. It counts like a
 * grant of the owner, and ends when the tool changes.
 */
export class AlwaysAllowed {
  readonly #store: Store
  readonly #locks = new KeyLock()

  constructor(store: Store) {
    this.#store = store
  }

  /** Tells of each tool whether it is allowed there. */
  async at(place: AllowedPlace): Promise<(tool: OfferedTool) => boolean> {
    const marks = new Set(await this.#read(place))
    return (tool) => marks.has(markOf(tool))
  }

  allow(place: AllowedPlace, tool: OfferedTool): Promise<void> {
    return this.#change(place, tool, true)
  }

  revoke(place: AllowedPlace, tool: OfferedTool): Promise<void> {
    return this.#change(place, tool, false)
  }

  /** Forgets what a person allowed in their private chat. */
  async forget(userId: number): Promise<void> {
    await this.#store.delete(keyFor({ chat: { id: userId }, userId }))
  }

  #change(place: AllowedPlace, tool: OfferedTool, isAllowed: boolean): Promise<void> {
    const key = keyFor(place)
    return this.#locks.run(key, async () => {
      const mark = markOf(tool)
      const others = (await this.#read(place)).filter((item) => item !== mark)
      const marks = isAllowed ? [...others, mark].slice(-MAX_ALLOWED) : others
      if (marks.length === 0) await this.#store.delete(key)
      else await this.#store.set(key, marks)
    })
  }

  async #read(place: AllowedPlace): Promise<readonly string[]> {
    return markSchema.safeParse(await this.#store.get(keyFor(place))).data ?? []
  }
}

function keyFor({ chat, userId }: AllowedPlace): string {
  return `always:${chatKey(chat)}:${userId}`
}

function markOf({ id, tool: { description, inputSchema, effect, role } }: OfferedTool): string {
  const parts = [id, description, inputSchema, effect, role]
  return createHash('sha256').update(JSON.stringify(parts)).digest('base64url').slice(0, 22)
}
