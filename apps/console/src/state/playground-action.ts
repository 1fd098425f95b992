import type { DriverEvent, DriverState, EmulatedChat, TranscriptMessage } from '../api/driver-types.ts'
import type { UnknownEvent } from '../api/parse-driver.ts'
import type { Compose, PendingMessage, PlaygroundStatus, Toast } from './playground-state.ts'

/**
 * Everything that can change the page. Times are in milliseconds and part of the action, because
 * the reducer does not read the clock.
 */
export type PlaygroundAction =
  | { readonly type: 'state-loaded'; readonly state: DriverState }
  | { readonly type: 'status-changed'; readonly status: PlaygroundStatus }
  | { readonly type: 'stream-opened' }
  | { readonly type: 'stream-lost' }
  | { readonly type: 'event-received'; readonly event: DriverEvent | UnknownEvent; readonly now: number }
  | { readonly type: 'transcript-requested'; readonly chatId: number; readonly requestId: number }
  | {
      readonly type: 'transcript-loaded'
      readonly chatId: number
      readonly requestId: number
      readonly messages: readonly TranscriptMessage[]
      readonly now: number
    }
  | { readonly type: 'transcript-failed'; readonly chatId: number; readonly requestId: number }
  | { readonly type: 'time-passed'; readonly now: number }
  | { readonly type: 'chat-added'; readonly chat: EmulatedChat }
  | { readonly type: 'chat-opened'; readonly chatId: number | undefined }
  | { readonly type: 'actor-chosen'; readonly chatId: number; readonly userId: number }
  | { readonly type: 'compose-changed'; readonly chatId: number; readonly compose: Compose }
  | { readonly type: 'send-started'; readonly pending: PendingMessage }
  | { readonly type: 'send-progressed'; readonly key: string; readonly progress: number }
  | { readonly type: 'send-failed'; readonly key: string; readonly error: string }
  | { readonly type: 'send-retried'; readonly key: string }
  | { readonly type: 'send-discarded'; readonly key: string }
  | { readonly type: 'send-finished'; readonly key: string; readonly message: TranscriptMessage }
  | { readonly type: 'message-saved'; readonly message: TranscriptMessage }
  | {
      readonly type: 'reaction-set'
      readonly chatId: number
      readonly messageId: number
      readonly userId: number
      readonly emoji: string | null
    }
  | { readonly type: 'press-started'; readonly key: string; readonly now: number }
  | { readonly type: 'press-accepted'; readonly key: string; readonly queryId: string }
  | { readonly type: 'press-failed'; readonly key: string }
  | { readonly type: 'alert-closed' }
  | { readonly type: 'toast-shown'; readonly text: string; readonly tone: Toast['tone'] }
  | { readonly type: 'toast-closed'; readonly id: number }
