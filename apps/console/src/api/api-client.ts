import { errorFromBody, unreachableError } from './api-error.ts'
import type {
  DriverState,
  EmulatedChat,
  EmulatedUser,
  NewChat,
  NewUser,
  OutgoingText,
  TranscriptMessage,
} from './driver-types.ts'
import { parseChat, parseMessage, parseMessages, parsePress, parseState, parseUser } from './parse-driver.ts'

/** Path of the chat driver. Same origin, so the browser sends the session cookie. */
export const API_BASE = '/api/playground'

/** A file's address. The assistant decides by its type whether it is displayed or downloaded. */
export function fileUrl(fileId: string): string {
  return `${API_BASE}/files/${encodeURIComponent(fileId)}`
}

/** One method per driver route. Every failure is an `ApiError`. */
export interface ApiClient {
  state(): Promise<DriverState>
  createUser(user: NewUser): Promise<EmulatedUser>
  createChat(chat: NewChat): Promise<EmulatedChat>
  messages(chatId: number): Promise<readonly TranscriptMessage[]>
  sendText(chatId: number, text: OutgoingText): Promise<TranscriptMessage>
  editText(
    chatId: number,
    messageId: number,
    edit: { userId: number; text: string },
  ): Promise<TranscriptMessage>
  sendLocation(chatId: number, location: OutgoingLocation): Promise<TranscriptMessage>
  /** Presses an inline button and returns the callback query's id. */
  press(
    chatId: number,
    messageId: number,
    press: { userId: number; row: number; column: number },
  ): Promise<string>
  react(chatId: number, messageId: number, reaction: { userId: number; emoji: string | null }): Promise<void>
  /** Stops an answer that is being written. */
  stopDraft(chatId: number, draftId: number): Promise<void>
}

interface OutgoingLocation {
  readonly userId: number
  readonly latitude: number
  readonly longitude: number
}

export function createApiClient(fetchFunction: typeof fetch): ApiClient {
  async function call(method: string, path: string, body?: unknown): Promise<unknown> {
    const init: RequestInit = { method, credentials: 'same-origin', headers: { accept: 'application/json' } }
    if (body !== undefined) {
      init.body = JSON.stringify(body)
      init.headers = { accept: 'application/json', 'content-type': 'application/json' }
    }
    const response = await fetchFunction(`${API_BASE}${path}`, init).catch((error: unknown) => {
      throw unreachableError(error)
    })
    const text = await response.text().catch((error: unknown) => {
      throw unreachableError(error)
    })
    const parsed = parseJson(text)
    if (!response.ok) throw errorFromBody(response.status, parsed)
    return parsed
  }

  return {
    state: async () => parseState(await call('GET', '/state')),
    createUser: async (user) => parseUser(await call('POST', '/users', user)),
    createChat: async (chat) => parseChat(await call('POST', '/chats', chat)),
    messages: async (chatId) => parseMessages(await call('GET', `/chats/${chatId}/messages`)),
    sendText: async (chatId, text) => parseMessage(await call('POST', `/chats/${chatId}/messages`, text)),
    editText: async (chatId, messageId, edit) =>
      parseMessage(await call('PATCH', `/chats/${chatId}/messages/${messageId}`, edit)),
    sendLocation: async (chatId, location) =>
      parseMessage(await call('POST', `/chats/${chatId}/location`, location)),
    press: async (chatId, messageId, press) =>
      parsePress(await call('POST', `/chats/${chatId}/messages/${messageId}/press`, press)),
    react: async (chatId, messageId, reaction) => {
      await call('POST', `/chats/${chatId}/messages/${messageId}/reaction`, reaction)
    },
    stopDraft: async (chatId, draftId) => {
      await call('POST', `/chats/${chatId}/drafts/${draftId}/stop`, {})
    },
  }
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    // an empty answer (204) or a proxy's page; the status decides
    return undefined
  }
}
