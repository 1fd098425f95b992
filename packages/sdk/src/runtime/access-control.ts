import type { Role } from '../role.ts'
import type { IncomingUpdate } from './incoming-update.ts'

/**
 * What becomes of an update before any plugin sees it: it goes on, or its writer hears a notice, or
 * nothing.
 */
export type Admission = { readonly role: Role } | { readonly role?: undefined; readonly notice?: string }

/**
 * Who may use the assistant, and what of it in which chat. Asked for every update, so it answers
 * from memory.
 */
export interface AccessControl {
  /** True for updates that are not even kept: their writer or chat is blocked. */
  isIgnored(update: IncomingUpdate): boolean
  /** Called once for each try of an update. */
  admit(update: IncomingUpdate): Admission
  /** Names of plugins that are switched off in a chat; `undefined` where none is. */
  offIn(chatId: number): ReadonlySet<string> | undefined
}
