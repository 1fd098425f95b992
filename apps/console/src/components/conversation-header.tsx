import type { ReactElement } from 'react'
import type { EmulatedChat } from '../api/driver-types.ts'
import { usePlayground, usePlaygroundState } from '../state/playground-context.ts'
import { actionLabel, chatPeople, chatTitle, findUser, fullName } from '../state/selectors.ts'
import type { PlaygroundState } from '../state/playground-state.ts'
import { isolate } from '../text/isolate.ts'
import { Avatar } from './avatar.tsx'
import { Icon } from './icon.tsx'

interface ConversationHeaderProps {
  readonly chat: EmulatedChat
  readonly actorId: number | undefined
}

/** The name of the chat, and what the others are doing right now. */
export function ConversationHeader({ chat, actorId }: ConversationHeaderProps): ReactElement {
  const { openChat } = usePlayground()
  const title = usePlaygroundState((state) => chatTitle(state, chat))
  const action = usePlaygroundState((state) => actionLabel(state, chat.id))
  const about = usePlaygroundState((state) => describe(state, chat, actorId))
  const unread = usePlaygroundState((state) =>
    Object.values(state.unread).reduce((sum, count) => sum + count, 0),
  )
  return (
    <header className="conversation__header">
      <button
        type="button"
        className="icon-button only-narrow"
        aria-label="Back to the chats"
        onClick={() => openChat(undefined)}
      >
        <Icon name="back" />
        {unread > 0 && <span className="badge badge--corner">{unread}</span>}
      </button>
      <Avatar name={title} id={chat.id} size="medium" kind={chat.type === 'private' ? 'bot' : 'person'} />
      <div className="conversation__title">
        <h1 dir="auto">{title}</h1>
        <p data-live={action !== undefined || undefined}>
          {action === undefined ? (
            about
          ) : (
            <>
              {action}
              <span className="ellipsis" aria-hidden="true">
                <i />
                <i />
                <i />
              </span>
            </>
          )}
        </p>
      </div>
    </header>
  )
}

function describe(state: PlaygroundState, chat: EmulatedChat, actorId: number | undefined): string {
  if (chat.type !== 'private') {
    const names = chatPeople(state, chat).map((user) => isolate(user.firstName))
    return [fullName(state.bot), ...names].join(', ')
  }
  const person = actorId === undefined ? undefined : findUser(state, actorId)
  return person === undefined ? 'bot' : `${isolate(fullName(person))} ↔ bot`
}
