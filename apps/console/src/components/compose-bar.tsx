import type { ReactElement } from 'react'
import { usePlayground, usePlaygroundState } from '../state/playground-context.ts'
import type { Compose } from '../state/playground-state.ts'
import { findUser, fullName, messagePreview } from '../state/selectors.ts'
import { isolate } from '../text/isolate.ts'
import { Icon } from './icon.tsx'

interface ComposeBarProps {
  readonly chatId: number
  readonly compose: Compose
}

/** The bar above the input: the message being answered or edited, and a cancel button. */
export function ComposeBar({ chatId, compose }: ComposeBarProps): ReactElement | null {
  const { cancelEdit, cancelReply } = usePlayground()
  const messageId = compose.editing?.messageId ?? compose.replyToMessageId
  const message = usePlaygroundState((state) => state.transcripts[chatId]?.find(({ id }) => id === messageId))
  const sender = usePlaygroundState((state) =>
    message === undefined ? '' : fullName(findUser(state, message.senderId)),
  )
  if (messageId === undefined || message === undefined) return null
  const isEdit = compose.editing !== undefined
  return (
    <div className="compose-bar">
      <Icon name={isEdit ? 'edit' : 'reply'} size={22} />
      <div className="compose-bar__quote">
        <strong>{isEdit ? 'Edit message' : `Reply to ${isolate(sender)}`}</strong>
        <span dir="auto">{messagePreview(message)}</span>
      </div>
      <button
        type="button"
        className="icon-button icon-button--small"
        aria-label={isEdit ? 'Cancel the edit' : 'Cancel the reply'}
        onClick={() => (isEdit ? cancelEdit(chatId) : cancelReply(chatId))}
      >
        <Icon name="close" size={18} />
      </button>
    </div>
  )
}
