import { isDeepStrictEqual } from 'node:util'
import type { ConfigService, StandardSchemaV1 } from '@pluggram/sdk'
import type { ConfigIssue } from '@pluggram/sdk/runtime'
import { validateConfig } from '../start/validate-config.ts'
import type { JsonObject } from '../json-types.ts'

export interface LiveConfigOptions {
  readonly schema: StandardSchemaV1 | undefined
  /** Keys that may be set for single chats. */
  readonly perChat: readonly string[]
  /** The block as read from the files. */
  readonly block: JsonObject
  /** The block as parsed by the schema. */
  readonly config: unknown
  /** A chat's settings, as far as known here; the same object until they change. */
  chatBlock(chatId: number): JsonObject | undefined
  /** Asks the host for a chat's settings. Default: `chatBlock`. */
  readonly askChatBlock?: ((chatId: number) => Promise<JsonObject | undefined>) | undefined
  /** Called with what a listener threw. */
  onError(error: unknown): void
  /**
   * Called when a chat's settings no longer fit the schema; the general configuration then applies
   * there.
   */
  onUnfit(issues: readonly ConfigIssue[]): void
}

/** A boxed configuration, since a schema's output may be anything, even a promise. */
interface Boxed {
  readonly config: unknown
}

/** A plugin's configuration, which can change while it runs and differ from chat to chat. */
export class LiveConfig {
  readonly #options: LiveConfigOptions
  readonly #listeners = new Set<(config: never) => unknown>()
  /** Whether chats may have settings of their own. */
  readonly isPerChat: boolean
  /** The configuration of every chat without settings of its own. */
  general: Boxed
  #block: JsonObject
  /** Keyed by the block of a chat. */
  #merged = new WeakMap<JsonObject, Boxed | Promise<Boxed>>()

  constructor(options: LiveConfigOptions) {
    this.#options = options
    this.#block = options.block
    this.general = { config: options.config }
    this.isPerChat = options.perChat.length > 0
  }

  readonly service: ConfigService = {
    get: <Config>() => this.general.config as Config,
    forChat: async <Config>(chatId: number) => {
      const { chatBlock, askChatBlock = chatBlock } = this.#options
      const { config } = await this.#with(await askChatBlock(chatId))
      return config as Config
    },
    onChange: (listener) => {
      const entry = (config: never): unknown => listener(config)
      this.#listeners.add(entry)
      return async () => void this.#listeners.delete(entry)
    },
  }

  get hasListeners(): boolean {
    return this.#listeners.size > 0
  }

  /** The configuration of a chat; a promise only while it is validated for the first time. */
  inChat(chatId: number): Boxed | Promise<Boxed> {
    return this.#with(this.#options.chatBlock(chatId))
  }

  isSame(block: JsonObject): boolean {
    return isDeepStrictEqual(block, this.#block)
  }

  async check(block: JsonObject): Promise<readonly ConfigIssue[]> {
    return (await validateConfig(this.#options.schema, block)).issues ?? []
  }

  /**
   * Applies another block and notifies the listeners. A block that the schema rejects changes
   * nothing.
   */
  async replace(block: JsonObject): Promise<readonly ConfigIssue[]> {
    const outcome = await validateConfig(this.#options.schema, block)
    if (outcome.issues) return outcome.issues
    this.#block = block
    this.general = { config: outcome.config }
    this.#merged = new WeakMap()
    for (const listener of this.#listeners) void this.#tell(listener, outcome.config)
    return []
  }

  async #tell(listener: (config: never) => unknown, config: unknown): Promise<void> {
    try {
      await listener(config as never)
    } catch (error) {
      this.#options.onError(error)
    }
  }

  #with(chatBlock: JsonObject | undefined): Boxed | Promise<Boxed> {
    if (!chatBlock) return this.general
    const known = this.#merged.get(chatBlock)
    if (known) return known
    const merged = this.#merged
    const checking = this.#merge(chatBlock).then((boxed) => {
      merged.set(chatBlock, boxed)
      return boxed
    })
    merged.set(chatBlock, checking)
    return checking
  }

  async #merge(chatBlock: JsonObject): Promise<Boxed> {
    const { general } = this
    const { schema, perChat, onError, onUnfit } = this.#options
    // ignore keys that perChat does not list, or no longer lists
    const allowed = Object.entries(chatBlock).filter(([key]) => perChat.includes(key))
    if (allowed.length === 0) return general
    try {
      const outcome = await validateConfig(schema, { ...this.#block, ...Object.fromEntries(allowed) })
      if (!outcome.issues) return outcome
      onUnfit(outcome.issues)
    } catch (error) {
      onError(error)
    }
    return general
  }
}
