import type { CommandSummary } from '../assistant-directory.ts'
import type { LocalText } from '../local-text.ts'
import type { Chat } from '../message.ts'
import { hasRole } from '../role.ts'
import type { Role } from '../role.ts'

/**
 * The user of a call by one of the owner's programs, over MCP. Telegram has no such ID, and only the
 * owner's account or the holder of the token makes such calls.
 */
export const PROGRAM_ID = 0

/** Abbreviations that are written in capitals. */
const CAPITALS: ReadonlySet<string> = new Set(['ai', 'api', 'mcp', 'rss', 'pdf', 'url', 'http'])

/** A text in a person's language, as far as there is one; else in English. */
export function localText(text: LocalText, language?: string): string {
  if (typeof text === 'string') return text
  const [base = ''] = language?.toLowerCase().split('-') ?? []
  const own = (code: string): string | undefined => (Object.hasOwn(text, code) ? text[code] : undefined)
  return own(language ?? '') ?? own(base) ?? own('en') ?? Object.values(text)[0] ?? ''
}

/** A plugin's name as people read it. */
export function pluginTitle(
  { name, title }: { readonly name: string; readonly title?: LocalText | undefined },
  language?: string,
): string {
  const own = title === undefined ? '' : localText(title, language)
  if (own !== '') return own
  const words = name
    .split(/[_-]+/)
    .map((word) => (CAPITALS.has(word) ? word.toUpperCase() : word))
    .join(' ')
  return words.charAt(0).toUpperCase() + words.slice(1)
}

/** Whether somebody may use a command, and is shown it in that kind of chat. */
export function isCommandFor(
  { role: needed = 'everyone', chats }: Pick<CommandSummary, 'role' | 'chats'>,
  { role, chat }: { readonly role: Role; readonly chat: Pick<Chat, 'type'> },
): boolean {
  const isPrivate = chat.type === 'private'
  return hasRole(role, needed) && (chats === undefined || (chats === 'private') === isPrivate)
}
