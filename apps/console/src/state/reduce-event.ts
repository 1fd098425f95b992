import type { DriverEvent, TranscriptDraft, TranscriptMessage } from '../api/driver-types.ts'
import { answerPress } from './button-presses.ts'
import { messageKey } from './playground-state.ts'
import type { PendingMessage, PlaygroundState } from './playground-state.ts'
import { removeMessage, upsertMessage } from './transcripts.ts'

/** In Telegram a chat action lasts five seconds, a draft thirty. */
const ACTION_MS = 5000
const DRAFT_MS = 30_000

/** Applies an event. This is idempotent, so repetitions after a reconnect are harmless. */
export function reduceEvent(state: PlaygroundState, event: DriverEvent, now: number): PlaygroundState {
  switch (event.type) {
    case 'message-added':
      return addMessage(state, event.message)
    case 'message-edited':
      return saveMessage(state, event.message)
    case 'message-deleted':
      return changeTranscript(state, event.chatId, (messages) => removeMessage(messages, event.messageId))
    case 'draft-updated':
      return setDraft(state, event.draft, now)
    case 'chat-action':
      return {
        ...state,
        actions: { ...state.actions, [event.chatId]: { action: event.action, until: now + ACTION_MS } },
      }
    case 'callback-answered':
      return answerPress(state, event)
    case 'user-created':
      return { ...state, users: replaceById(state.users, event.user) }
    case 'chat-created':
      return { ...state, chats: replaceById(state.chats, event.chat) }
    case 'commands-changed':
      return { ...state, commands: event.commands }
  }
}

/** The chat whose transcript an event changes. */
export function transcriptChatId(event: DriverEvent): number | undefined {
  if (event.type === 'message-added' || event.type === 'message-edited') return event.message.chatId
  return event.type === 'message-deleted' ? event.chatId : undefined
}

/** Replaces an item of the same id, or appends the new one. */
export function replaceById<T extends { readonly id: number }>(items: readonly T[], item: T): readonly T[] {
  const index = items.findIndex((candidate) => candidate.id === item.id)
  return index === -1 ? [...items, item] : items.with(index, item)
}

/** Stores a new or changed message, without the side effects of a new message. */
export function saveMessage(state: PlaygroundState, message: TranscriptMessage): PlaygroundState {
  return changeTranscript(state, message.chatId, (messages) => upsertMessage(messages, message))
}

/** Replaces a pending message with the real one, which takes over its bubble. */
export function settlePending(
  state: PlaygroundState,
  pending: PendingMessage,
  message: TranscriptMessage,
): PlaygroundState {
  const key = messageKey(message)
  return {
    ...state,
    pending: state.pending.filter((candidate) => candidate !== pending),
    bubbleKeys: { ...state.bubbleKeys, [key]: pending.key },
    previews: pending.preview === undefined ? state.previews : { ...state.previews, [key]: pending.preview },
  }
}

function addMessage(state: PlaygroundState, message: TranscriptMessage): PlaygroundState {
  const known = state.transcripts[message.chatId] ?? []
  if (known.some((candidate) => candidate.id === message.id)) return saveMessage(state, message)
  const saved = saveMessage(state, message)
  if (message.fromBot) return finishAnswer(countUnread(saved, message), message)
  const pending = state.pending.find((candidate) => isSameMessage(candidate, message))
  return pending === undefined ? saved : settlePending(saved, pending, message)
}

/** Ends the bot's typing. Its message takes over the draft's bubble, so that nothing flickers. */
function finishAnswer(state: PlaygroundState, message: TranscriptMessage): PlaygroundState {
  const { [message.chatId]: draft, ...drafts } = state.drafts
  const { [message.chatId]: _action, ...actions } = state.actions
  if (draft === undefined) return { ...state, actions }
  return { ...state, actions, drafts, bubbleKeys: { ...state.bubbleKeys, [messageKey(message)]: draft.key } }
}

function countUnread(state: PlaygroundState, message: TranscriptMessage): PlaygroundState {
  if (message.chatId === state.openChatId) return state
  return { ...state, unread: { ...state.unread, [message.chatId]: (state.unread[message.chatId] ?? 0) + 1 } }
}

function setDraft(state: PlaygroundState, draft: TranscriptDraft, now: number): PlaygroundState {
  const current = state.drafts[draft.chatId]
  const message: TranscriptMessage = {
    id: 0,
    chatId: draft.chatId,
    senderId: state.bot?.id ?? 0,
    fromBot: true,
    date: current?.message.date ?? Math.floor(now / 1000),
    text: draft.text,
    entities: draft.entities,
    attachments: [],
    buttons: [],
    reactions: [],
  }
  const key = current?.key ?? `draft-${state.counter}`
  return {
    ...state,
    counter: state.counter + 1,
    drafts: {
      ...state.drafts,
      [draft.chatId]: {
        key,
        message,
        until: now + DRAFT_MS,
        ...(draft.canStop === true && { stopId: draft.draftId }),
      },
    },
  }
}

/** Whether a message is the one this page is sending; its event may arrive before the response. */
function isSameMessage(pending: PendingMessage, message: TranscriptMessage): boolean {
  return (
    pending.status === 'sending' &&
    pending.message.chatId === message.chatId &&
    pending.message.senderId === message.senderId &&
    pending.message.text.trim() === message.text.trim() &&
    pending.message.attachments[0]?.kind === message.attachments[0]?.kind
  )
}

function changeTranscript(
  state: PlaygroundState,
  chatId: number,
  change: (messages: readonly TranscriptMessage[]) => readonly TranscriptMessage[],
): PlaygroundState {
  return {
    ...state,
    transcripts: { ...state.transcripts, [chatId]: change(state.transcripts[chatId] ?? []) },
  }
}
