import { acceptPress, addToast, endPress, startPress } from './button-presses.ts'
import type { PlaygroundAction } from './playground-action.ts'
import type { ChatRecord, PlaygroundState } from './playground-state.ts'
import { reduceEvent, replaceById, saveMessage, settlePending, transcriptChatId } from './reduce-event.ts'
import { countBotMessagesAfter, setReaction } from './transcripts.ts'

/** The page's whole behaviour as a pure function. */
export function playgroundReducer(state: PlaygroundState, action: PlaygroundAction): PlaygroundState {
  switch (action.type) {
    case 'state-loaded':
      return forgetGoneChats({ ...state, ...action.state, status: { kind: 'ready' } })
    case 'status-changed':
      return { ...state, status: action.status }
    case 'stream-opened':
      // a reopened stream may count from a different start, because the assistant may have
      // restarted
      return { ...state, isOnline: true, lastSequence: undefined }
    case 'stream-lost':
      return { ...state, isOnline: false }
    case 'event-received':
      return receiveEvent(state, action)
    case 'transcript-requested':
      return {
        ...state,
        loading: { ...state.loading, [action.chatId]: { requestId: action.requestId, events: [] } },
      }
    case 'transcript-loaded':
      return loadTranscript(state, action)
    case 'transcript-failed':
      return state.loading[action.chatId]?.requestId === action.requestId
        ? { ...state, loading: without(state.loading, action.chatId) }
        : state
    case 'time-passed':
      return expire(state, action.now)
    case 'chat-added':
      return { ...state, chats: replaceById(state.chats, action.chat) }
    case 'chat-opened':
      return {
        ...state,
        openChatId: action.chatId,
        unread: action.chatId === undefined ? state.unread : without(state.unread, action.chatId),
      }
    case 'actor-chosen':
      return { ...state, actingAs: { ...state.actingAs, [action.chatId]: action.userId } }
    case 'compose-changed':
      return { ...state, composing: { ...state.composing, [action.chatId]: action.compose } }
    case 'message-saved':
      return saveMessage(state, action.message)
    case 'reaction-set': {
      const message = state.transcripts[action.chatId]?.find((candidate) => candidate.id === action.messageId)
      return message === undefined
        ? state
        : saveMessage(state, setReaction(message, action.userId, action.emoji))
    }
    case 'press-started':
      return startPress(state, action.key, action.now)
    case 'press-accepted':
      return acceptPress(state, action.key, action.queryId)
    case 'press-failed':
      return endPress(state, action.key)
    case 'alert-closed':
      return { ...state, alert: undefined }
    case 'toast-shown':
      return addToast(state, action.text, action.tone)
    case 'toast-closed':
      return { ...state, toasts: state.toasts.filter((toast) => toast.id !== action.id) }
    default:
      return reduceSending(state, action)
  }
}

/** Whether an event follows the last one, is a repetition, or shows that some were missed. */
export function sequenceVerdict(last: number | undefined, sequence: number): 'next' | 'repeated' | 'gap' {
  if (last === undefined || sequence === last + 1) return 'next'
  return sequence <= last ? 'repeated' : 'gap'
}

/** The earliest time at which something on the page expires. */
export function nextExpiry(state: PlaygroundState): number | undefined {
  const moments = [state.drafts, state.actions, state.presses].flatMap((record) =>
    Object.values(record).map(({ until }) => until),
  )
  return moments.length === 0 ? undefined : Math.min(...moments)
}

type ActionOf<Type extends PlaygroundAction['type']> = Extract<PlaygroundAction, { readonly type: Type }>

function reduceSending(
  state: PlaygroundState,
  action: ActionOf<`send-${'started' | 'progressed' | 'failed' | 'retried' | 'discarded' | 'finished'}`>,
): PlaygroundState {
  switch (action.type) {
    case 'send-started':
      return { ...state, counter: state.counter + 1, pending: [...state.pending, action.pending] }
    case 'send-progressed':
      return changePending(state, action.key, { progress: action.progress })
    case 'send-failed':
      return changePending(state, action.key, { status: 'failed', error: action.error })
    case 'send-retried':
      return changePending(state, action.key, { status: 'sending', progress: 0 })
    case 'send-discarded':
      return { ...state, pending: state.pending.filter(({ key }) => key !== action.key) }
    case 'send-finished': {
      const pending = state.pending.find(({ key }) => key === action.key)
      const saved = saveMessage(state, action.message)
      return pending === undefined ? saved : settlePending(saved, pending, action.message)
    }
  }
}

function changePending(
  state: PlaygroundState,
  key: string,
  change: Partial<PlaygroundState['pending'][number]>,
): PlaygroundState {
  const pending = state.pending.map((candidate) =>
    candidate.key === key ? { ...candidate, ...change } : candidate,
  )
  return { ...state, pending }
}

function receiveEvent(state: PlaygroundState, action: ActionOf<'event-received'>): PlaygroundState {
  const { event, now } = action
  if (sequenceVerdict(state.lastSequence, event.sequence) === 'repeated') return state
  const counted = { ...state, lastSequence: event.sequence }
  if (event.type === 'unknown') return counted
  const reduced = reduceEvent(counted, event, now)
  const chatId = transcriptChatId(event)
  const loading = chatId === undefined ? undefined : reduced.loading[chatId]
  if (chatId === undefined || loading === undefined) return reduced
  const waiting = { ...loading, events: [...loading.events, event] }
  return { ...reduced, loading: { ...reduced.loading, [chatId]: waiting } }
}

/** Loads a transcript, then applies the events again that arrived during the request. */
function loadTranscript(state: PlaygroundState, action: ActionOf<'transcript-loaded'>): PlaygroundState {
  const { chatId, messages } = action
  const loading = state.loading[chatId]
  if (loading?.requestId !== action.requestId) return state
  const before = state.transcripts[chatId]
  const missed = before === undefined ? 0 : countBotMessagesAfter(messages, before.at(-1)?.id ?? 0)
  const loaded: PlaygroundState = {
    ...state,
    loading: without(state.loading, chatId),
    transcripts: { ...state.transcripts, [chatId]: messages },
    // an answer that arrived while offline ended its draft
    drafts: missed === 0 ? state.drafts : without(state.drafts, chatId),
    actions: missed === 0 ? state.actions : without(state.actions, chatId),
    unread:
      missed === 0 || chatId === state.openChatId
        ? state.unread
        : { ...state.unread, [chatId]: (state.unread[chatId] ?? 0) + missed },
  }
  const unread = loaded.unread
  const replayed = loading.events.reduce((current, event) => reduceEvent(current, event, action.now), loaded)
  // the events were already counted when they arrived
  return { ...replayed, unread }
}

/** Forgets chats that no longer exist: a restarted assistant may not have the earlier chats. */
function forgetGoneChats(state: PlaygroundState): PlaygroundState {
  const known = new Set(state.chats.map(({ id }) => id))
  if (Object.keys(state.transcripts).every((chatId) => known.has(Number(chatId)))) return state
  return {
    ...state,
    transcripts: Object.fromEntries(
      Object.entries(state.transcripts).filter(([chatId]) => known.has(Number(chatId))),
    ),
    pending: state.pending.filter(({ message }) => known.has(message.chatId)),
    unread: Object.fromEntries(Object.entries(state.unread).filter(([chatId]) => known.has(Number(chatId)))),
    openChatId: state.openChatId !== undefined && known.has(state.openChatId) ? state.openChatId : undefined,
  }
}

function expire(state: PlaygroundState, now: number): PlaygroundState {
  return {
    ...state,
    drafts: alive(state.drafts, now),
    actions: alive(state.actions, now),
    presses: alive(state.presses, now),
  }
}

function alive<T extends { readonly until: number }>(
  record: Readonly<Record<string, T>>,
  now: number,
): Readonly<Record<string, T>> {
  const entries = Object.entries(record)
  const kept = entries.filter(([, value]) => value.until > now)
  return kept.length === entries.length ? record : Object.fromEntries(kept)
}

function without<T>(record: ChatRecord<T>, chatId: number): ChatRecord<T> {
  const { [chatId]: _left, ...rest } = record
  return rest
}
