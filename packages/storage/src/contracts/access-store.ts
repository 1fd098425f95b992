/** An owner's decision about a user or a group. */
type Standing = 'owner' | 'trusted' | 'allowed' | 'blocked'

/** A user or group in the access settings; `unknown`: they wrote, but nothing was decided. */
export interface KnownParty {
  /** A user's id, or a group's, which is negative. */
  readonly id: number
  readonly standing: Standing | 'unknown'
  /** Their last known name. */
  readonly name: string
  /** Their public name, without the `@`. Two people never have the same. */
  readonly username?: string
  /** When they last wrote, give or take an hour, or were decided about. */
  readonly notedAt: Date
}

/** Who is answered: only owners, people on a list, or everybody who is not blocked. */
export type AccessMode = 'owners' | 'listed' | 'everyone'

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
  /** Whether somebody was made an owner by chat. */
  hasOwner(): boolean
  /** `undefined` revokes the decision. */
  decide(id: number, standing: Standing | undefined, name?: string): Promise<void>
  /** Records that a person wrote, or somebody in a group. A crash may lose the record. */
  note(party: Pick<KnownParty, 'id' | 'name' | 'username'>): void
  /**
   * Records that somebody who may not chat was told so; false when that was recorded within the last
   * week. A crash may lose the record.
   */
  noteTold(id: number): boolean
  /** Who may chat, as an owner decided by chat. */
  mode(): AccessMode | undefined
  chooseMode(mode: AccessMode): Promise<void>
  /** Deletes what is stored about a user. A decision stays, with the id but without the name. */
  forget(userId: number): Promise<void>
  /** Names of plugins that are off in a chat. */
  offIn(chatId: number): ReadonlySet<string> | undefined
  switchInChat(chatId: number, plugin: string, isOn: boolean): Promise<void>
  /** A group became a supergroup: moves its decisions to the new id. */
  move(from: number, to: number): Promise<void>
}
