import type { ReactElement } from 'react'
import { usePlayground } from '../state/playground-context.ts'

interface StopButtonProps {
  readonly chatId: number
  readonly draftId: number
}

/** Telegram shows it beside an answer that is being written. */
export function StopButton({ chatId, draftId }: StopButtonProps): ReactElement {
  const { stopDraft } = usePlayground()
  return (
    <div className="keyboard">
      <div className="keyboard__row">
        <button
          type="button"
          className="keyboard__button"
          data-testid="stop-draft"
          onClick={() => stopDraft(chatId, draftId)}
        >
          Stop
        </button>
      </div>
    </div>
  )
}
