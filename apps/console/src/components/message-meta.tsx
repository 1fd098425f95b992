import type { ReactElement } from 'react'
import type { TranscriptMessage } from '../api/driver-types.ts'
import type { BubbleItem } from '../state/timeline.ts'
import { formatDateTime, formatTime } from '../text/format.ts'
import { endsAtLeft } from '../text/isolate.ts'

interface MessageMetaProps {
  readonly message: TranscriptMessage
  readonly delivery: BubbleItem['delivery']
}

const MARKS: Partial<Record<BubbleItem['delivery'], { readonly label: string; readonly path: string }>> = {
  sending: { label: 'Sending', path: 'M9 1.5a6 6 0 1 0 0 12 6 6 0 0 0 0-12zM9 4.5v3l2 1.5' },
  failed: { label: 'Not sent', path: 'M9 1.5a6 6 0 1 0 0 12 6 6 0 0 0 0-12zM9 4.5v3.5M9 10.5h.01' },
  sent: { label: 'Sent', path: 'M4 8l3.5 3.5L14 4' },
  read: { label: 'Answered', path: 'M1 8l3.5 3.5L11 4M7.5 10.7l.8.8L15 4' },
}

/** A message's time, whether it was edited, and the delivery state of an own message. */
export function MessageMeta({ message, delivery }: MessageMetaProps): ReactElement {
  const mark = MARKS[delivery]
  return (
    <span
      className="meta"
      dir="ltr"
      data-side={endsAtLeft(message.text) ? 'left' : undefined}
      title={formatDateTime(message.date)}
    >
      {message.editDate !== undefined && <span className="meta__edited">edited</span>}
      <time dateTime={new Date(message.date * 1000).toISOString()}>{formatTime(message.date)}</time>
      {mark !== undefined && (
        <svg
          className="meta__mark"
          data-delivery={delivery}
          viewBox="0 0 16 15"
          role="img"
          aria-label={mark.label}
        >
          <path d={mark.path} />
        </svg>
      )}
    </span>
  )
}
