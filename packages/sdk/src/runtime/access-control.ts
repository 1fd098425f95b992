import type { Role } from '../role.ts'
import type { Reply } from '../reply.ts'
import type { IncomingUpdate } from './incoming-update.ts'

/** What somebody reads who may not use the assistant. */
export interface Notice {
  readonly text: string
  readonly buttons?: NonNullable<Reply['buttons']>
  /** The plugin that gets the presses. */
  readonly plugin?: string
}

/**
 * The decision on an update before any plugin sees it: it proceeds, its author gets a notice, it is
 * held until they are let in, or it is dropped.
 */
export type Admission =
  | { readonly role: Role }
  | { readonly role?: undefined; readonly notice?: Notice; readonly isHeld?: boolean }

/**
 * Decides who may use the assistant, and which plugins are on in which chat. Called for every
 * update, so it answers from memory.
 */
export interface AccessControl {
  /** True for updates that are not even stored: their author or chat is blocked. */
  isIgnored(update: IncomingUpdate): boolean
  /** Called once for each try of an update. */
  admit(update: IncomingUpdate): Admission
  /** Whether `admit` would let the update proceed now. */
  mayTalk(update: IncomingUpdate): boolean
  /** Names of plugins that are switched off in a chat; `undefined` when there are none. */
  offIn(chatId: number): ReadonlySet<string> | undefined
}
