import { useEffect, useImperativeHandle, useLayoutEffect, useMemo, useRef, useState } from 'react'
import type { ReactElement, Ref } from 'react'
import type { EmulatedChat } from '../api/driver-types.ts'
import { useRovingFocus } from '../hooks/use-roving-focus.ts'
import { useStickToBottom } from '../hooks/use-stick-to-bottom.ts'
import { usePlaygroundState } from '../state/playground-context.ts'
import { buildTimeline } from '../state/timeline.ts'
import { formatDay } from '../text/format.ts'
import { EmptyChat } from './empty-chat.tsx'
import { Icon } from './icon.tsx'
import { MessageRow } from './message-row.tsx'
import { TypingRow } from './typing-row.tsx'

export interface MessageListHandle {
  readonly goToMessage: (messageId: number) => void
  readonly scrollToBottom: () => void
}

interface MessageListProps {
  readonly chat: EmulatedChat
  readonly actorId: number | undefined
  readonly ref: Ref<MessageListHandle>
}

/** Only the latest messages are rendered. Scrolling up renders this many more at a time. */
const PAGE = 120

const FLASH_MS = 1400

export function MessageList({ chat, actorId, ref }: MessageListProps): ReactElement {
  const transcripts = usePlaygroundState((state) => state.transcripts)
  const pending = usePlaygroundState((state) => state.pending)
  const drafts = usePlaygroundState((state) => state.drafts)
  const bubbleKeys = usePlaygroundState((state) => state.bubbleKeys)
  const previews = usePlaygroundState((state) => state.previews)
  const isLoaded = transcripts[chat.id] !== undefined
  const items = useMemo(
    () => buildTimeline({ transcripts, pending, drafts, bubbleKeys, previews }, chat.id, actorId),
    [transcripts, pending, drafts, bubbleKeys, previews, chat.id, actorId],
  )
  const [limit, setLimit] = useState(PAGE)
  const box = useRef<HTMLDivElement>(null)
  const content = useRef<HTMLDivElement>(null)
  const { isAtBottom, scrollToBottom } = useStickToBottom(box, content)
  const messages = transcripts[chat.id] ?? []
  const unseen = useUnseen(messages, isAtBottom)
  const keepPlace = useKeepPlace(box, limit)
  const rows = useRef<HTMLOListElement>(null)
  useRovingFocus(rows, { rows: '.row[data-message-id]', start: 'last' })

  useImperativeHandle(ref, () => ({
    scrollToBottom: () => scrollToBottom(),
    goToMessage(messageId) {
      const row = content.current?.querySelector(`[data-message-id="${messageId}"]`)
      row?.scrollIntoView({ block: 'center', behavior: 'smooth' })
      row?.setAttribute('data-flash', '')
      setTimeout(() => row?.removeAttribute('data-flash'), FLASH_MS)
    },
  }))

  const drawn = items.slice(-limit)
  const isEmpty = isLoaded && items.length === 0
  return (
    <div className="messages-frame">
      <div
        ref={box}
        className="messages"
        tabIndex={-1}
        onScroll={(event) => {
          if (event.currentTarget.scrollTop > 200 || items.length <= limit) return
          keepPlace()
          setLimit(limit + PAGE)
        }}
      >
        <div ref={content} className="messages__column">
          {isEmpty && <EmptyChat chatId={chat.id} />}
          <ol ref={rows} className="messages__list" aria-label="Messages">
            {drawn.map((item) =>
              item.kind === 'day' ? (
                <li key={item.key} className="day">
                  <span>{formatDay(item.date, Date.now())}</span>
                </li>
              ) : (
                <MessageRow
                  key={item.key}
                  message={item.message}
                  isMine={item.isMine}
                  startsGroup={item.startsGroup}
                  endsGroup={item.endsGroup}
                  delivery={item.delivery}
                  pending={item.pending}
                  preview={item.preview}
                  stopId={item.stopId}
                  isGroupChat={chat.type !== 'private'}
                  actorId={actorId}
                />
              ),
            )}
            <TypingRow chatId={chat.id} isGroupChat={chat.type !== 'private'} />
          </ol>
        </div>
      </div>
      {!isAtBottom && <ToBottomButton unseen={unseen} onClick={() => scrollToBottom('smooth')} />}
    </div>
  )
}

interface ToBottomButtonProps {
  readonly unseen: number
  readonly onClick: () => void
}

function ToBottomButton({ unseen, onClick }: ToBottomButtonProps): ReactElement {
  return (
    <button
      type="button"
      className="to-bottom"
      aria-label={unseen > 0 ? `${unseen} new messages, go to the latest` : 'Go to the latest message'}
      onClick={onClick}
    >
      {unseen > 0 && (
        <span className="to-bottom__count">{unseen === 1 ? '1 new message' : `${unseen} new messages`}</span>
      )}
      <Icon name="down" size={22} />
    </button>
  )
}

/** The number of the bot's messages that arrived while the reader was scrolled up. */
function useUnseen(
  messages: readonly { readonly id: number; readonly fromBot: boolean }[],
  isAtBottom: boolean,
): number {
  const lastId = messages.at(-1)?.id ?? 0
  const [seenId, setSeenId] = useState(lastId)
  useEffect(() => {
    if (isAtBottom) setSeenId(lastId)
  }, [isAtBottom, lastId])
  return isAtBottom ? 0 : messages.filter((message) => message.fromBot && message.id > seenId).length
}

/** Preserves the scroll position while earlier messages are rendered above. */
function useKeepPlace(box: { readonly current: HTMLElement | null }, limit: number): () => void {
  const fromEnd = useRef<number>(undefined)
  useLayoutEffect(() => {
    const element = box.current
    if (element === null || fromEnd.current === undefined) return
    element.scrollTop = element.scrollHeight - fromEnd.current
    fromEnd.current = undefined
  }, [box, limit])
  return () => {
    const element = box.current
    if (element !== null) fromEnd.current = element.scrollHeight - element.scrollTop
  }
}
