import type { NewChat, NewUser } from '../api/driver-types.ts'
import { ApiError } from '../api/api-error.ts'
import { createChatLoading } from './chat-loading.ts'
import type { ChatLoading } from './chat-loading.ts'
import { createStore } from './create-store.ts'
import { followEvents } from './follow-events.ts'
import { createMessageActs } from './message-acts.ts'
import type { MessageActs } from './message-acts.ts'
import type { PlaygroundAction } from './playground-action.ts'
import type { PlaygroundDoors } from './playground-doors.ts'
import { playgroundReducer } from './playground-reducer.ts'
import { INITIAL_STATE } from './playground-state.ts'
import type { Compose, PlaygroundState } from './playground-state.ts'
import { composeOf } from './selectors.ts'
import type { ActTools } from './send-acts.ts'

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

export function createPlayground(doors: PlaygroundDoors): Playground {
  const store = createStore<PlaygroundState, PlaygroundAction>(playgroundReducer, INITIAL_STATE)
  const { dispatch, getState } = store

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

  const tools: ActTools = { doors, store, explain, showToast }
  const loading = createChatLoading(tools)
  const { addPerson, addGroup } = createAdding(tools, loading)

  /** Creates the first person, so that there is a chat to write in immediately. */
  async function welcome(wantedChatId: number | undefined): Promise<void> {
    if (getState().users.some((user) => !user.isBot)) loading.openFirst(wantedChatId)
    else await addPerson({ firstName: 'You', languageCode: doors.languageCode })
  }

  return {
    ...createMessageActs(tools),
    getState,
    subscribe: store.subscribe,
    start: (openChatId) => followEvents({ ...tools, loading, welcome: () => welcome(openChatId) }),
    openChat: loading.openChat,
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

function createAdding(
  { doors: { api }, store: { dispatch }, explain, showToast }: ActTools,
  { loadState, openChat }: ChatLoading,
): Pick<Playground, 'addPerson' | 'addGroup'> {
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

  return {
    addPerson: (user) =>
      add(async () => {
        const created = await api.createUser(user)
        await loadState()
        return created.id
      }),
    addGroup: (group) =>
      add(async () => {
        const chat = await api.createChat(group)
        dispatch({ type: 'chat-added', chat })
        return chat.id
      }),
  }
}
