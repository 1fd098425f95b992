/**
 * Plugin settings that owners made for single chats of one bot: configuration keys with JSON
 * values. They are read for every message, so an implementation loads everything at the start and
 * answers from memory. A write resolves when it survives a power loss, and takes effect then.
 */
export interface ChatSettings {
  /** Returns the same object until a setting changes; `undefined` when nothing is set. */
  of(plugin: string, chatId: number): Readonly<Record<string, unknown>> | undefined
  /** The chats with settings for a plugin. */
  chats(plugin: string): readonly number[]
  /** `undefined` removes the setting. */
  set(plugin: string, chatId: number, key: string, value: unknown): Promise<void>
  /** A group became a supergroup: moves its settings to the new id, effective at once. */
  move(from: number, to: number): Promise<void>
}
