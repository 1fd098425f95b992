import { useMemo, useRef, useState } from 'react'
import type { ReactElement } from 'react'
import type { TranscriptMessage } from '../api/driver-types.ts'
import { useRovingFocus } from '../hooks/use-roving-focus.ts'
import { usePlaygroundState } from '../state/playground-context.ts'
import { replyKeyboard } from '../state/selectors.ts'
import type { ReplyKeyboard } from '../state/selectors.ts'
import { Icon } from './icon.tsx'

const NO_MESSAGES: readonly TranscriptMessage[] = []

interface ReplyKeyboardPanelProps {
  readonly chatId: number
  readonly onPick: (text: string) => void
}

/**
 * The assistant's suggested answers; each sends its text. The panel can be hidden until a new one
 * arrives.
 */
export function ReplyKeyboardPanel({ chatId, onPick }: ReplyKeyboardPanelProps): ReactElement | null {
  const messages = usePlaygroundState((state) => state.transcripts[chatId] ?? NO_MESSAGES)
  const keyboard = useMemo(() => replyKeyboard(messages), [messages])
  const [hiddenId, setHiddenId] = useState<number>()
  if (keyboard === undefined) return null
  const isHidden = hiddenId === keyboard.messageId
  return (
    <div className="reply-keyboard">
      <button
        type="button"
        className="reply-keyboard__toggle"
        aria-expanded={!isHidden}
        onClick={() => setHiddenId(isHidden ? undefined : keyboard.messageId)}
      >
        <Icon name="keyboard" size={18} /> {isHidden ? 'Show the keyboard' : 'Hide'}
      </button>
      {!isHidden && <KeyboardRows rows={keyboard.rows} onPick={onPick} />}
    </div>
  )
}

interface KeyboardRowsProps extends Pick<ReplyKeyboardPanelProps, 'onPick'> {
  readonly rows: ReplyKeyboard['rows']
}

function KeyboardRows({ rows, onPick }: KeyboardRowsProps): ReactElement {
  const box = useRef<HTMLDivElement>(null)
  useRovingFocus(box, { rows: '.reply-keyboard__button' })
  return (
    <div ref={box} className="reply-keyboard__rows">
      {rows.map((row, rowIndex) => (
        // oxlint-disable-next-line react/no-array-index-key -- a button is known by its row and column
        <div key={rowIndex} className="keyboard__row">
          {row.map((button, column) => (
            <button
              // oxlint-disable-next-line react/no-array-index-key -- as above
              key={column}
              type="button"
              className="reply-keyboard__button"
              data-testid="reply-button"
              onClick={() => onPick(button.text)}
            >
              <bdi>{button.text}</bdi>
            </button>
          ))}
        </div>
      ))}
    </div>
  )
}
