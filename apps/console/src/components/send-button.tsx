import type { ReactElement } from 'react'
import { Icon } from './icon.tsx'
import { canRecordVoice } from './voice-recorder.tsx'

interface SendButtonProps {
  readonly canSend: boolean
  readonly isEditing: boolean
  readonly onSend: () => void
  readonly onRecord: () => void
}

/** Sends or saves what is written; with nothing written it records a voice message. */
export function SendButton({ canSend, isEditing, onSend, onRecord }: SendButtonProps): ReactElement {
  if (canSend || isEditing || !canRecordVoice()) {
    return (
      <button
        type="button"
        className="send-button"
        data-testid="send"
        aria-label={isEditing ? 'Save' : 'Send'}
        disabled={!canSend}
        onClick={onSend}
      >
        <Icon name={isEditing ? 'check' : 'send'} />
      </button>
    )
  }
  return (
    <button type="button" className="send-button" aria-label="Record a voice message" onClick={onRecord}>
      <Icon name="mic" />
    </button>
  )
}
