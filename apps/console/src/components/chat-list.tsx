import { useRef } from 'react'
import type { ReactElement } from 'react'
import type { EmulatedChat, TranscriptMessage } from '../api/driver-types.ts'
import { useRovingFocus } from '../hooks/use-roving-focus.ts'
import { usePlayground, usePlaygroundState } from '../state/playground-context.ts'
import type { PlaygroundState } from '../state/playground-state.ts'
import {
  actionLabel,
  chatTitle,
  findUser,
  fullName,
  lastMessage,
  messagePreview,
  sortedChats,
} from '../state/selectors.ts'
import { formatListTime } from '../text/format.ts'
import { Avatar } from './avatar.tsx'

interface ChatListProps {
  readonly openChatId: number | undefined
  readonly search: string
}

/** All chats, the most recently active first. */
export function ChatList({ openChatId, search }: ChatListProps): ReactElement {
  const state = usePlaygroundState((whole) => whole)
  const wanted = search.trim().toLocaleLowerCase()
  const chats = sortedChats(state).filter((chat) => searchText(state, chat).includes(wanted))
  const list = useRef<HTMLElement>(null)
  useRovingFocus(list, { rows: '.chat-item' })
  return (
    <nav ref={list} className="chat-list" data-testid="chat-list" aria-label="Chat list">
      <ul>
        {chats.map((chat) => (
          <li key={chat.id}>
            <ChatItem chat={chat} state={state} isOpen={chat.id === openChatId} />
          </li>
        ))}
      </ul>
      {chats.length === 0 && <p className="chat-list__empty">No chats found</p>}
    </nav>
  )
}

interface ChatItemProps {
  readonly chat: EmulatedChat
  readonly state: PlaygroundState
  readonly isOpen: boolean
}

function ChatItem({ chat, state, isOpen }: ChatItemProps): ReactElement {
  const { openChat } = usePlayground()
  const title = listTitle(state, chat)
  const last = lastMessage(state, chat.id)
  const unread = state.unread[chat.id] ?? 0
  return (
    <button
      type="button"
      className="chat-item"
      data-testid="chat-item"
      data-chat-id={chat.id}
      aria-current={isOpen ? 'true' : undefined}
      onClick={() => openChat(chat.id)}
    >
      <span className="chat-item__avatar">
        <Avatar name={title} id={chat.id} size="large" />
      </span>
      <span className="chat-item__body">
        <span className="chat-item__line">
          <span className="chat-item__title" dir="auto">
            {title}
          </span>
          {last !== undefined && (
            <time className="chat-item__time" dir="ltr">
              {formatListTime(last.date, Date.now())}
            </time>
          )}
        </span>
        <span className="chat-item__line">
          <Preview chat={chat} state={state} last={last} isOpen={isOpen} />
          {unread > 0 && (
            <span className="badge">
              {unread}
              <span className="visually-hidden"> unread</span>
            </span>
          )}
        </span>
      </span>
    </button>
  )
}

function Preview({
  chat,
  state,
  last,
  isOpen,
}: ChatItemProps & { readonly last: TranscriptMessage | undefined }): ReactElement {
  const action = actionLabel(state, chat.id)
  if (action !== undefined)
    return <span className="chat-item__preview chat-item__preview--live">{action}…</span>
  const unsent = state.composing[chat.id]?.text.trim() ?? ''
  if (unsent !== '' && !isOpen) {
    return (
      <span className="chat-item__preview">
        <span className="chat-item__unsent">Draft:</span> <bdi>{unsent}</bdi>
      </span>
    )
  }
  if (last === undefined) return <span className="chat-item__preview">No messages yet</span>
  const sender = previewSender(state, chat, last)
  return (
    <>
      {sender !== undefined && (
        <span className="chat-item__sender">
          <bdi>{sender}</bdi>:
        </span>
      )}
      <span className="chat-item__preview" dir="auto">
        {messagePreview(last)}
      </span>
    </>
  )
}

/** Who wrote the last message; in a private chat, an answer needs no name. */
function previewSender(
  state: PlaygroundState,
  chat: EmulatedChat,
  last: TranscriptMessage,
): string | undefined {
  return chat.type === 'private' && last.fromBot ? undefined : findUser(state, last.senderId)?.firstName
}

/** A private chat is listed by its person, because all of them are with the same assistant. */
function listTitle(state: PlaygroundState, chat: EmulatedChat): string {
  return chat.type === 'private' ? fullName(findUser(state, chat.id)) : chatTitle(state, chat)
}

function searchText(state: PlaygroundState, chat: EmulatedChat): string {
  return `${listTitle(state, chat)} ${chatTitle(state, chat)}`.toLocaleLowerCase()
}
