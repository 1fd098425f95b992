/**
 * What owners set for a plugin in single chats of one bot: keys of its configuration with JSON values. It is asked about every
 * message, so an implementation loads everything when it is made and answers from memory. A write resolves when it survives
 * a power loss, and counts from then on.
 */
export interface ChatSettings {
  /** The same object until it changes; `undefined` when nothing is set there. */
  of(plugin: string, chatId: number): Readonly<Record<string, unknown>> | undefined
  /** Chats in which something is set for a plugin. */
  chats(plugin: string): readonly number[]
  /** `undefined` takes it back. */
  set(plugin: string, chatId: number, key: string, value: unknown): Promise<void>
  /** A group became a supergroup: what was set there holds for its new id. */
  move(from: number, to: number): Promise<void>
}
