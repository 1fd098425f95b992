import type { ReactElement } from 'react'
import { usePlaygroundState } from '../state/playground-context.ts'
import { findUser, fullName, messagePreview } from '../state/selectors.ts'
import { colourOf } from './avatar.tsx'
import { useConversation } from './conversation-context.ts'

interface ReplyQuoteProps {
  readonly chatId: number
  readonly messageId: number
}

/** The message being answered; a click scrolls to it. */
export function ReplyQuote({ chatId, messageId }: ReplyQuoteProps): ReactElement {
  const { goToMessage } = useConversation()
  const message = usePlaygroundState((state) => state.transcripts[chatId]?.find(({ id }) => id === messageId))
  const sender = usePlaygroundState((state) =>
    message === undefined ? undefined : findUser(state, message.senderId),
  )
  if (message === undefined) return <div className="reply-quote reply-quote--gone">Deleted message</div>
  return (
    <button
      type="button"
      className={`reply-quote name--colour-${message.fromBot ? 'bot' : colourOf(message.senderId)}`}
      onClick={() => goToMessage(messageId)}
    >
      <strong dir="auto">{fullName(sender)}</strong>
      <span dir="auto">{messagePreview(message)}</span>
    </button>
  )
}
