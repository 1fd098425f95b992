/** Where a page is shown; decides whom a change there affects. */
export interface Place {
  readonly chatId: number
  readonly isGroup: boolean
}

/** `here`: one chat; `everywhere`: everybody. */
export type Scope = 'here' | 'everywhere'

const LETTERS: Readonly<Record<Scope, string>> = { here: 'h', everywhere: 'e' }

/** The data of a button: what it does, for whom, and on what. */
export function buttonData(scope: Scope, action: string, ...about: readonly (string | number)[]): string {
  return [`${LETTERS[scope]}${action}`, ...about].join(':')
}

/** The scope and action of a button; `undefined` if it is none of these. */
export function parseAction(word: string): { scope: Scope; action: string } | undefined {
  const scope = word.startsWith('h') ? 'here' : word.startsWith('e') ? 'everywhere' : undefined
  return scope && { scope, action: word.slice(1) }
}

/** For `AdminService`: the chat that a change is for. */
export function chatOf(place: Place, scope: Scope): { chatId?: number } {
  return scope === 'here' ? { chatId: place.chatId } : {}
}
