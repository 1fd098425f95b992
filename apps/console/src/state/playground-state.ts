import type { UploadKind } from '../api/upload-file.ts'
import type {
  BotCommandEntry,
  DriverEvent,
  EmulatedChat,
  EmulatedUser,
  TranscriptMessage,
} from '../api/driver-types.ts'

/** Whether there is anything to show yet, and if not, why. */
export type PlaygroundStatus =
  | { readonly kind: 'loading' }
  | { readonly kind: 'ready' }
  | { readonly kind: 'signed-out' }
  | { readonly kind: 'off'; readonly message: string }
  | { readonly kind: 'failed'; readonly message: string }

/** What a person is sending, kept until the assistant has it, so that it can be sent again. */
export type Outgoing =
  | { readonly kind: 'text' }
  | { readonly kind: 'location' }
  | { readonly kind: 'file'; readonly uploadKind: UploadKind; readonly file: File }

/** A message on its way: shown at once, replaced by the real one when the assistant has it. */
export interface PendingMessage {
  /** The key that its bubble keeps for life, also when the real message takes its place. */
  readonly key: string
  readonly message: TranscriptMessage
  readonly outgoing: Outgoing
  readonly status: 'sending' | 'failed'
  /** From 0 to 1, for files. */
  readonly progress: number
  /** An object URL of the picture that is being sent. */
  readonly preview?: string
  readonly error?: string
}

/** The answer that is being written, as far as it is known. */
interface LiveDraft {
  readonly key: string
  readonly message: TranscriptMessage
  /** Milliseconds; without news the draft is gone then. */
  readonly until: number
}

interface ChatAction {
  readonly action: string
  readonly until: number
}

/** What stands in a chat's composer. */
export interface Compose {
  readonly text: string
  readonly replyToMessageId?: number
  /** The own message that is being edited, and the text that stood there before. */
  readonly editing?: { readonly messageId: number; readonly heldText: string }
}

/** A pressed button that waits for its answer. The query's id is known when the press was accepted. */
interface ButtonPress {
  readonly queryId?: string
  readonly until: number
}

export interface CallbackAnswer {
  readonly queryId: string
  readonly text?: string
  readonly showAlert: boolean
  readonly url?: string
}

export interface Toast {
  readonly id: number
  readonly text: string
  readonly tone: 'plain' | 'error'
}

export interface PlaygroundState {
  readonly status: PlaygroundStatus
  readonly isOnline: boolean
  readonly bot: EmulatedUser | undefined
  readonly users: readonly EmulatedUser[]
  readonly chats: readonly EmulatedChat[]
  readonly commands: readonly BotCommandEntry[]
  /** Messages by chat, ordered by id. A chat that was not loaded yet has no entry. */
  readonly transcripts: ChatRecord<readonly TranscriptMessage[]>
  /** Transcripts on their way, with the events that arrived meanwhile: those are newer than the answer. */
  readonly loading: ChatRecord<{ readonly requestId: number; readonly events: readonly DriverEvent[] }>
  readonly drafts: ChatRecord<LiveDraft>
  readonly actions: ChatRecord<ChatAction>
  readonly pending: readonly PendingMessage[]
  /** Bubbles that were a pending message or a draft before: message → that one's key and picture. */
  readonly bubbleKeys: Readonly<Record<string, string>>
  readonly previews: Readonly<Record<string, string>>
  readonly unread: ChatRecord<number>
  readonly openChatId: number | undefined
  /** Who speaks in a chat, where it is not its first member. */
  readonly actingAs: ChatRecord<number>
  readonly composing: ChatRecord<Compose>
  readonly presses: Readonly<Record<string, ButtonPress>>
  /** Answers that overtook the word that their press was accepted, or belong to another window. */
  readonly earlyAnswers: readonly CallbackAnswer[]
  readonly alert: CallbackAnswer | undefined
  readonly toasts: readonly Toast[]
  readonly lastSequence: number | undefined
  /** Grows with every key and toast that is made, so that each is unique. */
  readonly counter: number
}

export type ChatRecord<T> = Readonly<Record<number, T>>

export const EMPTY_COMPOSE: Compose = { text: '' }

export const INITIAL_STATE: PlaygroundState = {
  status: { kind: 'loading' },
  isOnline: true,
  bot: undefined,
  users: [],
  chats: [],
  commands: [],
  transcripts: {},
  loading: {},
  drafts: {},
  actions: {},
  pending: [],
  bubbleKeys: {},
  previews: {},
  unread: {},
  openChatId: undefined,
  actingAs: {},
  composing: {},
  presses: {},
  earlyAnswers: [],
  alert: undefined,
  toasts: [],
  lastSequence: undefined,
  counter: 0,
}

/** The key of a message in records that span chats. */
export function messageKey(message: { readonly chatId: number; readonly id: number }): string {
  return `${message.chatId}/${message.id}`
}

/** The key of an inline button. */
export function pressKey(chatId: number, messageId: number, row: number, column: number): string {
  return `${chatId}/${messageId}/${row}/${column}`
}
