import { KeyLock } from '@pluggram/base'
import { z } from '@pluggram/sdk'
import type { Chat, Store } from '@pluggram/sdk'
import { respondModes } from './configuration.ts'
import type { Configuration, RespondMode } from './configuration.ts'

const storedSchema = z.object({
  /**
   * A persona of config.json, or the chat's own words. `default` overrides what config.json says.
   */
  persona: z.union([z.object({ name: z.string() }), z.object({ prompt: z.string() })]).optional(),
  respond: z.enum(respondModes).optional(),
})
type Stored = z.infer<typeof storedSchema>

/** The name that selects `system_prompt` again. */
export const DEFAULT_PERSONA = 'default'

export interface Persona {
  /** A persona of config.json, `default`, or `custom`. */
  readonly name: string
  readonly prompt: string
}

/** What each chat has chosen; it overrides config.json. */
export class ChatSettings {
  readonly #store: Store
  readonly #config: Configuration
  readonly #lock: KeyLock

  constructor(store: Store, config: Configuration, lock = new KeyLock()) {
    this.#store = store
    this.#config = config
    this.#lock = lock
  }

  /** The same settings with the configuration of one chat. */
  with(config: Configuration): ChatSettings {
    return config === this.#config ? this : new ChatSettings(this.#store, config, this.#lock)
  }

  async persona({ id }: Chat): Promise<Persona> {
    const chosen = (await this.#read(id)).persona ?? {
      name: this.#configured(id)?.persona ?? DEFAULT_PERSONA,
    }
    if ('prompt' in chosen) return { name: 'custom', prompt: chosen.prompt }
    const { personas, system_prompt } = this.#config
    // if the owner removed the chosen persona, the default one answers
    const persona = Object.hasOwn(personas, chosen.name) ? personas[chosen.name] : undefined
    return persona
      ? { name: chosen.name, prompt: persona.prompt }
      : { name: DEFAULT_PERSONA, prompt: system_prompt }
  }

  setPersona({ id }: Chat, persona: NonNullable<Stored['persona']>): Promise<void> {
    return this.#change(id, { persona })
  }

  /** Which messages are answered in a group. */
  async respond({ id }: Chat): Promise<RespondMode> {
    return (await this.#read(id)).respond ?? this.#configured(id)?.respond ?? this.#config.groups
  }

  setRespond({ id }: Chat, respond: RespondMode): Promise<void> {
    return this.#change(id, { respond })
  }

  /** Returns to what config.json says. */
  forget(chatId: number): Promise<boolean> {
    return this.#lock.run(keyOf(chatId), () => this.#store.delete(keyOf(chatId)))
  }

  #configured(chatId: number): Configuration['chats'][string] | undefined {
    const { chats } = this.#config
    return Object.hasOwn(chats, String(chatId)) ? chats[String(chatId)] : undefined
  }

  #change(chatId: number, change: Stored): Promise<void> {
    return this.#lock.run(keyOf(chatId), async () => {
      await this.#store.set(keyOf(chatId), { ...(await this.#read(chatId)), ...change })
    })
  }

  async #read(chatId: number): Promise<Stored> {
    return storedSchema.safeParse(await this.#store.get(keyOf(chatId))).data ?? {}
  }
}

function keyOf(chatId: number): string {
  return `settings:${chatId}`
}
