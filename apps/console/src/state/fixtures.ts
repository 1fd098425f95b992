import type { DriverEvent, TranscriptMessage } from '../api/driver-types.ts'
import { INITIAL_STATE } from './playground-state.ts'
import type { PendingMessage, PlaygroundState } from './playground-state.ts'

/** Fixtures for this folder's tests: Ada chats with the bot in chat 7. */
export const CHAT = 7
export const BOT = 1

type EventBody = DriverEvent extends infer Event
  ? Event extends DriverEvent
    ? Omit<Event, 'sequence'>
    : never
  : never

export function anEvent(body: EventBody, sequence = 1): DriverEvent {
  return { ...body, sequence }
}

export function aMessage(id: number, change: Partial<TranscriptMessage> = {}): TranscriptMessage {
  return {
    id,
    chatId: CHAT,
    senderId: CHAT,
    fromBot: false,
    date: 1_772_700_000 + id,
    text: `message ${id}`,
    entities: [],
    attachments: [],
    buttons: [],
    reactions: [],
    ...change,
  }
}

export function aBotMessage(id: number, change: Partial<TranscriptMessage> = {}): TranscriptMessage {
  return aMessage(id, { senderId: BOT, fromBot: true, ...change })
}

export function aPending(key: string, change: Partial<TranscriptMessage> = {}): PendingMessage {
  return {
    key,
    message: aMessage(0, { text: 'hello', ...change }),
    outgoing: { kind: 'text' },
    status: 'sending',
    progress: 0,
  }
}

export function aState(change: Partial<PlaygroundState> = {}): PlaygroundState {
  return {
    ...INITIAL_STATE,
    status: { kind: 'ready' },
    bot: { id: BOT, isBot: true, firstName: 'Pluggram' },
    users: [{ id: CHAT, isBot: false, firstName: 'Ada' }],
    chats: [{ id: CHAT, type: 'private', memberIds: [CHAT, BOT] }],
    transcripts: { [CHAT]: [] },
    openChatId: CHAT,
    ...change,
  }
}
