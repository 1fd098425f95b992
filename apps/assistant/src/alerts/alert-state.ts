import type { Alert } from './alert-kinds.ts'

/** What is remembered of one alert; all times are milliseconds since 1970. */
export interface KeptAlert {
  alert: Alert
  since: number
  goneAt?: number | undefined
  /** The letter that told it, until its end was told. */
  letter?: number | undefined
  /** When it was told within the last day. */
  times: readonly number[]
}

/** One line of a letter. */
export interface LetterItem extends Alert {
  readonly since: number
  endedAt?: number | undefined
}

/** One message to a recipient, with what it said. */
export interface Letter {
  readonly no: number
  readonly kind: 'news' | 'end' | 'test'
  readonly items: readonly LetterItem[]
  /** The letter whose alerts ended. */
  readonly answers?: number | undefined
  /** It is the last one of its day. */
  readonly isLast: boolean
  readonly at: number
  /** Alerts of it are not told until then. */
  mutedUntil?: number | undefined
  restarted?: readonly string[]
  /** Absent until it was sent. */
  messageId?: number | undefined
  /** It was given up: the recipient cannot be reached. */
  hasFailed?: boolean
}

/** What one recipient was told. It is kept on disk, so that a restart tells nothing again. */
export interface RecipientState {
  readonly alerts: Record<string, KeptAlert>
  /** Outages of Telegram that nobody could be told of in time. */
  past: readonly LetterItem[]
  letters: readonly Letter[]
  nextLetter: number
  /** How many letters were sent on a date. */
  day: { readonly date: string; readonly letters: number }
  /** Ids that are not told until then. */
  readonly muted: Record<string, number>
}

export function newRecipient(): RecipientState {
  return { alerts: {}, past: [], letters: [], nextLetter: 1, day: { date: '', letters: 0 }, muted: {} }
}
