import { memo } from 'react'
import type { MouseEvent, ReactElement } from 'react'
import type { TranscriptMessage } from '../api/driver-types.ts'
import { useLongPress } from '../hooks/use-long-press.ts'
import { usePlaygroundState } from '../state/playground-context.ts'
import { findUser, fullName, messageSummary } from '../state/selectors.ts'
import { formatTime } from '../text/format.ts'
import { isolate } from '../text/isolate.ts'
import { Avatar } from './avatar.tsx'
import { useConversation } from './conversation-context.ts'
import { FailedSend } from './failed-send.tsx'
import { Icon } from './icon.tsx'
import { InlineKeyboard } from './inline-keyboard.tsx'
import { MessageBubble } from './message-bubble.tsx'
import type { MessageRowProps } from './message-row-props.ts'
import { StopButton } from './stop-button.tsx'

/** A message's row: its side, the sender's avatar, the bubble, and the buttons below. */
export const MessageRow = memo(function MessageRow(props: MessageRowProps): ReactElement {
  const { message, isMine, startsGroup, endsGroup, delivery, pending, isGroupChat, stopId } = props
  const { openMenu } = useConversation()
  const sender = usePlaygroundState((state) => findUser(state, message.senderId))
  const isReal = pending === undefined && delivery !== 'draft'
  const longPress = useLongPress((x, y) => {
    if (isReal) openMenu(message, x, y)
  })

  function onContextMenu(event: MouseEvent): void {
    // selected text and links keep the browser's context menu
    const isOwnMenu = event.target instanceof Element && event.target.closest('a') !== null
    const isBeside = event.target === event.currentTarget && event.detail > 0
    if (!isReal || isOwnMenu || isBeside || getSelection()?.isCollapsed === false) return
    event.preventDefault()
    openMenu(message, event.clientX, event.clientY)
  }

  const hasAvatar = isGroupChat && !isMine
  const classes = [
    'row',
    isMine ? 'row--mine' : 'row--theirs',
    startsGroup && 'row--first',
    endsGroup && 'row--last',
    hasAvatar && 'row--with-avatar',
  ]
  return (
    <li
      className={classes.filter(Boolean).join(' ')}
      data-testid={delivery === 'draft' ? 'draft' : 'message'}
      data-from={message.fromBot ? 'bot' : 'user'}
      data-message-id={isReal ? message.id : undefined}
      data-delivery={delivery}
      aria-label={isReal ? rowLabel(message, fullName(sender)) : undefined}
      onContextMenu={onContextMenu}
    >
      <div className="row__content" {...longPress}>
        <div className="row__bubble">
          {hasAvatar && endsGroup && (
            <span className="row__avatar">
              <Avatar
                name={fullName(sender)}
                id={message.senderId}
                size="small"
                kind={message.fromBot ? 'bot' : 'person'}
              />
            </span>
          )}
          <MessageBubble {...props} sender={sender} />
          {isReal && (
            <button
              type="button"
              className="row__menu"
              aria-label="Message actions"
              onClick={(event) => {
                const place = event.currentTarget.getBoundingClientRect()
                openMenu(message, place.left, place.bottom)
              }}
            >
              <Icon name="smile" size={19} />
            </button>
          )}
        </div>
        {isReal && <InlineKeyboard message={message} />}
        {stopId !== undefined && <StopButton chatId={message.chatId} draftId={stopId} />}
        {delivery === 'failed' && pending !== undefined && <FailedSend pending={pending} />}
      </div>
    </li>
  )
})

/** What a screen reader says when the row gets the focus. */
function rowLabel(message: TranscriptMessage, sender: string): string {
  return `${isolate(sender)}, ${formatTime(message.date)}: ${isolate(messageSummary(message))}`
}
