/** What an owner decided about a user or a group. */
type Standing = 'owner' | 'trusted' | 'allowed' | 'blocked'

/** Somebody the access settings know; `unknown`: they wrote, and nothing was decided. */
export interface KnownParty {
  /** A user's id, or a group's, which is negative. */
  readonly id: number
  readonly standing: Standing | 'unknown'
  /** How they were called last. */
  readonly name: string
  readonly notedAt: Date
}

/**
 * Decisions that were made by chat about one bot's people: config.json is written by people only. It is asked about every
 * message, so an implementation loads everything when it is made and answers from memory. Writes count at once, and resolve
 * when they survive a power loss. One that fails rejects, and counts until the program ends.
 */
export interface AccessStore {
  /** Latest first. */
  parties(): readonly KnownParty[]
  standingOf(id: number): Standing | undefined
  /** `undefined` takes the decision back. */
  decide(id: number, standing: Standing | undefined, name?: string): Promise<void>
  /** Notes that a stranger wrote; false when that was noted within the last day. A crash may lose the note. */
  noteStranger(id: number, name: string): boolean
  /** Deletes what is known of a user, except a decision: it stays, under the bare id. */
  forget(userId: number): Promise<void>
  /** Names of plugins that are off in a chat. */
  offIn(chatId: number): ReadonlySet<string> | undefined
  switchInChat(chatId: number, plugin: string, isOn: boolean): Promise<void>
  /** A group became a supergroup: what was decided about it holds for its new id. */
  move(from: number, to: number): Promise<void>
}
