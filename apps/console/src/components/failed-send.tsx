import type { ReactElement } from 'react'
import { usePlayground } from '../state/playground-context.ts'
import type { PendingMessage } from '../state/playground-state.ts'
import { Icon } from './icon.tsx'

/** Why a message was not sent, with buttons to retry or discard it. */
export function FailedSend({ pending }: { readonly pending: PendingMessage }): ReactElement {
  const { retry, discard } = usePlayground()
  return (
    <div className="failed-send" role="alert">
      <span>{pending.error ?? 'This message was not sent.'}</span>
      <button type="button" className="chip chip--small" onClick={() => retry(pending.key)}>
        <Icon name="retry" size={15} /> Retry
      </button>
      <button type="button" className="chip chip--small" onClick={() => discard(pending.key)}>
        <Icon name="trash" size={15} /> Delete
      </button>
    </div>
  )
}
