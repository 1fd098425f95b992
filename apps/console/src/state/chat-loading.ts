import { sortedChats } from './selectors.ts'
import type { ActTools } from './send-acts.ts'

/** Loads the page's data and transcripts. */
export interface ChatLoading {
  loadState(): Promise<void>
  /** Loads the transcripts of the latest chats, the open one first. */
  loadTranscripts(): Promise<void>
  /** Opens a chat, or the chat list with `undefined`. */
  openChat(chatId: number | undefined): void
  /** Opens the wanted chat, or the latest, unless one is open. */
  openFirst(wantedChatId: number | undefined): void
}

/**
 * How many transcripts are preloaded for the previews in the chat list. Others load when opened.
 */
const PRELOAD_LIMIT = 60

export function createChatLoading({ doors: { api, now }, store, explain }: ActTools): ChatLoading {
  const { dispatch, getState } = store
  let requests = 0

  async function loadTranscript(chatId: number): Promise<void> {
    requests += 1
    const requestId = requests
    dispatch({ type: 'transcript-requested', chatId, requestId })
    try {
      const messages = await api.messages(chatId)
      dispatch({ type: 'transcript-loaded', chatId, requestId, messages, now: now() })
    } catch (error) {
      explain(error)
      dispatch({ type: 'transcript-failed', chatId, requestId })
    }
  }

  function openChat(chatId: number | undefined): void {
    dispatch({ type: 'chat-opened', chatId })
    if (chatId === undefined) return
    const { transcripts, loading } = getState()
    if (transcripts[chatId] === undefined && loading[chatId] === undefined) void loadTranscript(chatId)
  }

  return {
    openChat,
    openFirst(wantedChatId) {
      const { chats, openChatId } = getState()
      const wanted = chats.find((chat) => chat.id === wantedChatId) ?? sortedChats(getState())[0]
      if (wanted !== undefined && openChatId === undefined) openChat(wanted.id)
    },
    async loadState() {
      dispatch({ type: 'state-loaded', state: await api.state() })
    },
    async loadTranscripts() {
      const { openChatId, chats } = getState()
      const order = chats.toSorted(
        (left, right) => Number(right.id === openChatId) - Number(left.id === openChatId),
      )
      for (const chat of order.slice(0, PRELOAD_LIMIT)) await loadTranscript(chat.id)
    },
  }
}
