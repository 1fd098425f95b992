/** An owner's decision about a user or a group. */
type Standing = 'owner' | 'trusted' | 'allowed' | 'blocked'

/** A user or group in the access settings; `unknown`: they wrote, but nothing was decided. */
export interface KnownParty {
  /** A user's id, or a group's, which is negative. */
  readonly id: number
  readonly standing: Standing | 'unknown'
  /** Their last known name. */
  readonly name: string
  readonly notedAt: Date
}

/**
 * Decisions about one bot's users that owners made in chats; the assistant never writes
 * config.json. It is read for every message, so an implementation loads everything at the start and
 * answers from memory. Writes take effect at once, and resolve when they survive a power loss. A
 * failed write rejects, but stays in effect until the assistant ends.
 */
export interface AccessStore {
  /** Latest first. */
  parties(): readonly KnownParty[]
  standingOf(id: number): Standing | undefined
  /** `undefined` revokes the decision. */
  decide(id: number, standing: Standing | undefined, name?: string): Promise<void>
  /**
   * Records that a stranger wrote; false when that was recorded within the last day. A crash may
   * lose the record.
   */
  noteStranger(id: number, name: string): boolean
  /** Deletes what is stored about a user. A decision stays, with the id but without the name. */
  forget(userId: number): Promise<void>
  /** Names of plugins that are off in a chat. */
  offIn(chatId: number): ReadonlySet<string> | undefined
  switchInChat(chatId: number, plugin: string, isOn: boolean): Promise<void>
  /** A group became a supergroup: moves its decisions to the new id. */
  move(from: number, to: number): Promise<void>
}
