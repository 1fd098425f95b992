import { useEffect } from 'react'
import type { ReactElement } from 'react'
import { chatIdFromHash, useChatAddress } from '../hooks/use-chat-address.ts'
import { usePlayground, usePlaygroundState } from '../state/playground-context.ts'
import { findChat } from '../state/selectors.ts'
import { AlertDialog } from './alert-dialog.tsx'
import { Conversation } from './conversation.tsx'
import { NoticePage } from './notice-page.tsx'
import { Sidebar } from './sidebar.tsx'
import { StatusBanner } from './status-banner.tsx'
import { Toasts } from './toasts.tsx'

/** The whole page: the chat list and a conversation, or a notice if chatting is not possible. */
export function App(): ReactElement {
  const playground = usePlayground()
  const status = usePlaygroundState((state) => state.status)
  useEffect(() => playground.start(chatIdFromHash(location.hash)), [playground])
  useChatAddress()

  switch (status.kind) {
    case 'loading':
      return <div className="splash" role="status" aria-label="Loading" />
    case 'signed-out':
      return (
        <NoticePage icon="plug" title="Please sign in">
          Open the link that the terminal printed, or run <code>pluggram login</code> for a new one.
        </NoticePage>
      )
    case 'off':
      return (
        <NoticePage icon="send" title="Your bot is live on Telegram">
          {status.message}
        </NoticePage>
      )
    case 'failed':
      return (
        <NoticePage icon="warning" title="The assistant doesn’t answer">
          {status.message} This page keeps trying.
        </NoticePage>
      )
    case 'ready':
      return <Messenger />
  }
}

function Messenger(): ReactElement {
  const chat = usePlaygroundState((state) => findChat(state, state.openChatId))
  const unread = usePlaygroundState((state) =>
    Object.values(state.unread).reduce((sum, count) => sum + count, 0),
  )
  const botName = usePlaygroundState((state) => state.bot?.firstName ?? 'Pluggram')
  useEffect(() => {
    document.title = unread > 0 ? `(${unread}) ${botName}` : botName
  }, [unread, botName])
  return (
    <main className="messenger" data-view={chat === undefined ? 'chats' : 'conversation'}>
      <StatusBanner />
      <Sidebar openChatId={chat?.id} />
      <div className="stage">
        {chat === undefined ? (
          <p className="stage__hint">Choose a chat to start messaging</p>
        ) : (
          <Conversation key={chat.id} chat={chat} />
        )}
      </div>
      <Toasts />
      <AlertDialog />
    </main>
  )
}
