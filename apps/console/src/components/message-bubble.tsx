import type { ReactElement } from 'react'
import type { EmulatedUser, TranscriptMessage } from '../api/driver-types.ts'
import { useRevealedText } from '../hooks/use-revealed-text.ts'
import { fullName } from '../state/selectors.ts'
import { jumboEmojiCount } from '../text/format.ts'
import { AttachmentView } from './attachment-view.tsx'
import { colourOf } from './avatar.tsx'
import { useConversation } from './conversation-context.ts'
import { MessageMeta } from './message-meta.tsx'
import type { MessageRowProps } from './message-row-props.ts'
import { ReactionBar } from './reaction-bar.tsx'
import { ReplyQuote } from './reply-quote.tsx'
import { RichText } from './rich-text.tsx'

interface MessageBubbleProps extends MessageRowProps {
  readonly sender: EmulatedUser | undefined
}

const VISUAL_KINDS: ReadonlySet<string> = new Set(['photo', 'video', 'animation'])

/** The bubble itself, from top to bottom: sender, quote, attachments, text, reactions. */
export function MessageBubble(props: MessageBubbleProps): ReactElement {
  const { message, isMine, startsGroup, delivery, pending, preview, isGroupChat, actorId, sender } = props
  const { sendCommand } = useConversation()
  const shownText = useRevealedText(message.text, delivery === 'draft')
  const jumbo =
    message.attachments.length === 0 && message.entities.length === 0 ? jumboEmojiCount(message.text) : 0
  const isDraft = delivery === 'draft'
  const hasText = message.text !== '' || isDraft
  const meta = <MessageMeta message={message} delivery={delivery} />
  const hasReactions = message.reactions.length > 0
  return (
    <div
      className={bubbleClasses(message, jumbo)}
      data-starts={startsGroup || undefined}
      data-text-less={hasText ? undefined : true}
    >
      {isGroupChat && !isMine && startsGroup && (
        <div
          className={`bubble__sender name--colour-${message.fromBot ? 'bot' : colourOf(message.senderId)}`}
        >
          <bdi>{fullName(sender)}</bdi>
        </div>
      )}
      {message.replyToMessageId !== undefined && (
        <ReplyQuote chatId={message.chatId} messageId={message.replyToMessageId} />
      )}
      {message.attachments.map((attachment, index) => (
        <AttachmentView
          key={attachment.fileId ?? `${attachment.kind}-${index}`}
          attachment={attachment}
          preview={preview}
          progress={pending?.status === 'sending' ? pending.progress : undefined}
        />
      ))}
      {hasText && (
        <div className="bubble__text" data-testid="message-text" dir="auto">
          {message.text === '' ? (
            <span className="dots" aria-label="Thinking">
              <i />
              <i />
              <i />
            </span>
          ) : (
            <RichText
              text={shownText}
              entities={message.entities}
              onCommand={isDraft ? undefined : sendCommand}
            />
          )}
          {isDraft && message.text !== '' && <span className="caret" aria-hidden="true" />}
          {!hasReactions && !isDraft && meta}
        </div>
      )}
      {hasReactions && (
        <div className="bubble__footer">
          <ReactionBar message={message} actorId={actorId} />
          {meta}
        </div>
      )}
      {!hasText && !hasReactions && meta}
    </div>
  )
}

function bubbleClasses(message: TranscriptMessage, jumbo: number): string {
  const first = message.attachments[0]
  const classes = ['bubble']
  if (first !== undefined)
    classes.push(VISUAL_KINDS.has(first.kind) ? 'bubble--visual' : 'bubble--attachment')
  if (first?.kind === 'sticker' || first?.kind === 'video_note') classes.push('bubble--bare')
  if (jumbo > 0) classes.push('bubble--bare', `bubble--jumbo-${jumbo}`)
  return classes.join(' ')
}
