import type { ReactElement } from 'react'
import type { TranscriptButton, TranscriptMessage } from '../api/driver-types.ts'
import { usePlayground, usePlaygroundState } from '../state/playground-context.ts'
import { pressKey } from '../state/playground-state.ts'
import { safeLink } from '../text/safe-link.ts'
import { Icon } from './icon.tsx'

/** The buttons under a message. Reply keyboards are shown above the composer instead. */
export function InlineKeyboard({ message }: { readonly message: TranscriptMessage }): ReactElement | null {
  const rows = message.buttons.filter((row) => row.some((button) => button.kind !== 'text'))
  if (rows.length === 0) return null
  return (
    <div className="keyboard">
      {message.buttons.map((buttons, row) =>
        buttons.some((button) => button.kind !== 'text') ? (
          // oxlint-disable-next-line react/no-array-index-key -- a button is known by its row and column
          <div key={row} className="keyboard__row">
            {buttons.map((button, column) => (
              // oxlint-disable-next-line react/no-array-index-key -- as above
              <InlineButton key={column} message={message} button={button} row={row} column={column} />
            ))}
          </div>
        ) : null,
      )}
    </div>
  )
}

interface InlineButtonProps {
  readonly message: TranscriptMessage
  readonly button: TranscriptButton
  readonly row: number
  readonly column: number
}

function InlineButton({ message, button, row, column }: InlineButtonProps): ReactElement {
  const { pressButton, showToast } = usePlayground()
  const key = pressKey(message.chatId, message.id, row, column)
  const isWaiting = usePlaygroundState((state) => state.presses[key] !== undefined)
  const href = button.kind === 'url' ? safeLink(button.url ?? '') : undefined
  if (href !== undefined) {
    return (
      <a
        className="keyboard__button"
        data-testid="inline-button"
        href={href}
        title={href}
        target="_blank"
        rel="noopener noreferrer"
      >
        <bdi>{button.text}</bdi>
        <span className="keyboard__corner">
          <Icon name="open" size={13} />
        </span>
      </a>
    )
  }
  return (
    <button
      type="button"
      className="keyboard__button"
      data-testid="inline-button"
      aria-busy={isWaiting}
      onClick={() => {
        if (button.kind === 'callback') pressButton(message, row, column)
        else showToast('This kind of button works in Telegram only.')
      }}
    >
      <bdi>{button.text}</bdi>
      {isWaiting && (
        <span className="keyboard__corner">
          <span className="spinner spinner--small" aria-hidden="true" />
        </span>
      )}
    </button>
  )
}
