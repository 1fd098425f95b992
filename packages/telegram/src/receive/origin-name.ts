type Members = Readonly<Record<string, unknown>>

const MAX_NAME = 64

/** The name of a person, bot or chat in an origin, on one line. */
export function nameIn(value: unknown): string | undefined {
  if (typeof value !== 'object' || value === null) return undefined
  const { sender_user: user, sender_chat: sender, chat, origin, ...own } = value as Members
  const inner = [user, sender, chat, origin].find((member) => typeof member === 'object' && member !== null)
  if (inner !== undefined) return nameIn(inner)
  if (typeof own['username'] === 'string') return `@${oneLine(own['username'])}`
  const name =
    own['sender_user_name'] ??
    (typeof own['id'] === 'number' ? (own['title'] ?? own['first_name']) : undefined)
  return typeof name === 'string' && oneLine(name) !== '' ? oneLine(name) : undefined
}

export function withName(what: string, name: string | undefined): string {
  if (name === undefined) return what
  return what === 'forwarded' || what.startsWith('a ') ? `${what}, from ${name}` : `${what} ${name}`
}

/** A text on one line, at most as long as a name. */
export function oneLine(text: string): string {
  return text
    .replaceAll(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}\s]+/gu, ' ')
    .trim()
    .slice(0, MAX_NAME)
    .toWellFormed()
}
