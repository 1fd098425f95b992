import { API_BASE } from '../api/api-client.ts'
import { ApiError } from '../api/api-error.ts'
import type { EmulatedChat, NewChat, NewUser } from '../api/driver-types.ts'
import type { EventStreamHandlers } from '../api/event-stream.ts'
import { createStore } from './create-store.ts'
import { createMessageActs } from './message-acts.ts'
import type { MessageActs } from './message-acts.ts'
import type { PlaygroundAction } from './playground-action.ts'
import type { PlaygroundDoors } from './playground-doors.ts'
import { nextExpiry, playgroundReducer, sequenceVerdict } from './playground-reducer.ts'
import { INITIAL_STATE } from './playground-state.ts'
import type { Compose, PlaygroundState } from './playground-state.ts'
import { composeOf, sortedChats } from './selectors.ts'

/** The page's state and all user actions. Actions report their own failures and never reject. */
export interface Playground extends MessageActs {
  getState(): PlaygroundState
  subscribe(listener: () => void): () => void
  /** Loads the page's data and follows events until the returned function is called. */
  start(openChatId: number | undefined): () => void
  /** Opens a chat, or the chat list with `undefined`. */
  openChat(chatId: number | undefined): void
  /** Returns the new chat's id, or `undefined` if it could not be created. */
  addPerson(user: NewUser): Promise<number | undefined>
  addGroup(chat: NewChat): Promise<number | undefined>
  actAs(chatId: number, userId: number): void
  compose(chatId: number, change: Partial<Compose>): void
  closeAlert(): void
  closeToast(id: number): void
  showToast(text: string, tone?: 'plain' | 'error'): void
}

/**
 * How many transcripts are preloaded for the previews in the chat list. Others load when opened.
 */
const PRELOAD_LIMIT = 60

const RETRY_MS = 2000

export function createPlayground(doors: PlaygroundDoors): Playground {
  const { api, now } = doors
  const store = createStore<PlaygroundState, PlaygroundAction>(playgroundReducer, INITIAL_STATE)
  const { dispatch, getState } = store
  let requests = 0
  let wantedChatId: number | undefined

  function showToast(text: string, tone: 'plain' | 'error' = 'plain'): void {
    dispatch({ type: 'toast-shown', text, tone })
  }

  /** Updates the page's status after a failed call, and returns a message. */
  function explain(error: unknown): string {
    if (!(error instanceof ApiError)) throw error
    if (error.status === 401) dispatch({ type: 'status-changed', status: { kind: 'signed-out' } })
    if (error.code === 'playground-off') {
      dispatch({ type: 'status-changed', status: { kind: 'off', message: error.message } })
    }
    return error.message
  }

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

  async function loadState(): Promise<void> {
    dispatch({ type: 'state-loaded', state: await api.state() })
  }

  /** Reloads everything, the open chat first, whenever events may have been missed. */
  async function synchronise(): Promise<void> {
    const wasOpen = getState().openChatId !== undefined
    await loadState()
    if (wasOpen && getState().openChatId === undefined) await welcome()
    const { openChatId, chats } = getState()
    const order = chats.toSorted(
      (left, right) => Number(right.id === openChatId) - Number(left.id === openChatId),
    )
    for (const chat of order.slice(0, PRELOAD_LIMIT)) await loadTranscript(chat.id)
  }

  async function resynchronise(): Promise<void> {
    try {
      await synchronise()
    } catch (error) {
      // the stream reconnects automatically, and that triggers the next attempt
      explain(error)
    }
  }

  /** Creates the first person, so that there is a chat to write in immediately. */
  async function welcome(): Promise<void> {
    const { users, chats } = getState()
    if (users.every((user) => user.isBot)) {
      await addPerson({ firstName: 'You', languageCode: doors.languageCode })
      return
    }
    const wanted = chats.find((chat) => chat.id === wantedChatId) ?? sortedChats(getState())[0]
    if (wanted !== undefined && getState().openChatId === undefined) openChat(wanted.id)
  }

  function openChat(chatId: number | undefined): void {
    dispatch({ type: 'chat-opened', chatId })
    if (chatId === undefined) return
    const { transcripts, loading } = getState()
    if (transcripts[chatId] === undefined && loading[chatId] === undefined) void loadTranscript(chatId)
  }

  async function addPerson(user: NewUser): Promise<number | undefined> {
    return add(async () => {
      const created = await api.createUser(user)
      await loadState()
      return created.id
    })
  }

  async function addGroup(chat: NewChat): Promise<number | undefined> {
    return add(async () => {
      const created: EmulatedChat = await api.createChat(chat)
      dispatch({ type: 'chat-added', chat: created })
      return created.id
    })
  }

  async function add(create: () => Promise<number>): Promise<number | undefined> {
    try {
      const chatId = await create()
      openChat(chatId)
      return chatId
    } catch (error) {
      showToast(explain(error), 'error')
      return undefined
    }
  }

  function start(openChatId: number | undefined): () => void {
    wantedChatId = openChatId
    let closeStream: (() => void) | undefined
    let retry: ReturnType<typeof setTimeout> | undefined
    let stopped = false
    const stopClock = runClock(store, now)

    async function begin(): Promise<void> {
      try {
        await loadState()
        if (stopped) return
        await welcome()
        if (!stopped) closeStream = doors.openEventStream(`${API_BASE}/events`, streamHandlers)
      } catch (error) {
        const message = explain(error)
        if (getState().status.kind === 'loading' || getState().status.kind === 'failed') {
          dispatch({ type: 'status-changed', status: { kind: 'failed', message } })
          if (!stopped) retry = setTimeout(() => void begin(), RETRY_MS)
        }
      }
    }

    const streamHandlers: EventStreamHandlers = {
      onOpen() {
        dispatch({ type: 'stream-opened' })
        void resynchronise()
      },
      onEvent(event) {
        const verdict = sequenceVerdict(getState().lastSequence, event.sequence)
        dispatch({ type: 'event-received', event, now: now() })
        if (verdict === 'gap') void resynchronise()
      },
      onUnreadable: () => void resynchronise(),
      onDown: () => dispatch({ type: 'stream-lost' }),
      async onRefused() {
        try {
          await api.state()
        } catch (error) {
          explain(error)
        }
        return getState().status.kind === 'ready'
      },
    }

    void begin()
    return () => {
      stopped = true
      clearTimeout(retry)
      stopClock()
      closeStream?.()
    }
  }

  return {
    ...createMessageActs({ doors, store, explain, showToast }),
    getState,
    subscribe: store.subscribe,
    start,
    openChat,
    addPerson,
    addGroup,
    actAs: (chatId, userId) => dispatch({ type: 'actor-chosen', chatId, userId }),
    compose(chatId, change) {
      dispatch({ type: 'compose-changed', chatId, compose: { ...composeOf(getState(), chatId), ...change } })
    },
    closeAlert: () => dispatch({ type: 'alert-closed' }),
    closeToast: (id) => dispatch({ type: 'toast-closed', id }),
    showToast,
  }
}

/** Dispatches the time whenever a draft, an action or a press expires. */
function runClock(
  store: ReturnType<typeof createStore<PlaygroundState, PlaygroundAction>>,
  now: () => number,
): () => void {
  let timer: ReturnType<typeof setTimeout> | undefined
  let scheduled: number | undefined
  function schedule(): void {
    const expiry = nextExpiry(store.getState())
    if (expiry === scheduled) return
    scheduled = expiry
    clearTimeout(timer)
    if (expiry === undefined) return
    timer = setTimeout(
      () => {
        scheduled = undefined
        store.dispatch({ type: 'time-passed', now: now() })
        schedule()
      },
      Math.max(0, expiry - now()),
    )
  }
  const unsubscribe = store.subscribe(schedule)
  return () => {
    unsubscribe()
    clearTimeout(timer)
  }
}
