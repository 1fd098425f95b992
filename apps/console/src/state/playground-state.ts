import type { UploadKind } from '../api/upload-file.ts'
import type {
  BotCommandEntry,
  DriverEvent,
  EmulatedChat,
  EmulatedUser,
  TranscriptMessage,
} from '../api/driver-types.ts'

/** Whether the page can show chats, and if not, why. */
export type PlaygroundStatus =
  | { readonly kind: 'loading' }
  | { readonly kind: 'ready' }
  | { readonly kind: 'signed-out' }
  | { readonly kind: 'off'; readonly message: string }
  | { readonly kind: 'failed'; readonly message: string }

/** What a person is sending, kept until the assistant has it, so that it can be retried. */
export type Outgoing =
  | { readonly kind: 'text' }
  | { readonly kind: 'location' }
  | { readonly kind: 'file'; readonly uploadKind: UploadKind; readonly file: File }

/**
 * A message being sent. It is shown immediately and replaced by the real one once the assistant has
 * it.
 */
export interface PendingMessage {
  /** The key of its bubble, which stays the same when the real message replaces it. */
  readonly key: string
  readonly message: TranscriptMessage
  readonly outgoing: Outgoing
  readonly status: 'sending' | 'failed'
  /** Upload progress of a file, from 0 to 1. */
  readonly progress: number
  /** An object URL of the picture being sent. */
  readonly preview?: string
  readonly error?: string
}

/** The known part of an answer that is being written. */
interface LiveDraft {
  readonly key: string
  readonly message: TranscriptMessage
  /** The draft's id, when it can be stopped. */
  readonly stopId?: number
  /** When the draft expires without an update, in milliseconds. */
  readonly until: number
}

interface ChatAction {
  readonly action: string
  readonly until: number
}

/** The contents of a chat's composer. */
export interface Compose {
  readonly text: string
  readonly replyToMessageId?: number
  /** The own message being edited, and the composer's previous text. */
  readonly editing?: { readonly messageId: number; readonly heldText: string }
}

/** A pressed button waiting for its answer. The query's id is known once the press was accepted. */
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
  /** Messages by chat, ordered by id. Chats that are not loaded yet have no entry. */
  readonly transcripts: ChatRecord<readonly TranscriptMessage[]>
  /**
   * Transcripts being loaded, with the events that arrived meanwhile, which are newer than the
   * response.
   */
  readonly loading: ChatRecord<{ readonly requestId: number; readonly events: readonly DriverEvent[] }>
  readonly drafts: ChatRecord<LiveDraft>
  readonly actions: ChatRecord<ChatAction>
  readonly pending: readonly PendingMessage[]
  /** Maps messages that replaced a pending message or a draft to its key and picture. */
  readonly bubbleKeys: Readonly<Record<string, string>>
  readonly previews: Readonly<Record<string, string>>
  readonly unread: ChatRecord<number>
  readonly openChatId: number | undefined
  /** The member to write as in a chat, if not the first one. */
  readonly actingAs: ChatRecord<number>
  readonly composing: ChatRecord<Compose>
  readonly presses: Readonly<Record<string, ButtonPress>>
  /** Answers that arrived before the response to their press, or belong to another window. */
  readonly earlyAnswers: readonly CallbackAnswer[]
  readonly alert: CallbackAnswer | undefined
  readonly toasts: readonly Toast[]
  readonly lastSequence: number | undefined
  /** Increased for every new key and toast, so that each is unique. */
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
