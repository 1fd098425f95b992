import type { ReactElement } from 'react'
import { useReadiness } from '../hooks/use-readiness.ts'
import { usePlaygroundState } from '../state/playground-context.ts'
import { Icon } from './icon.tsx'

/** A bar across the page while the assistant cannot answer, or not as it should. */
export function StatusBanner(): ReactElement {
  const isOnline = usePlaygroundState((state) => state.isOnline)
  const notice = useReadiness()
  const text = notice?.text ?? (isOnline ? undefined : 'Connection lost. Reconnecting…')
  return (
    <div role="status" className="status-banner" data-testid="status-banner">
      {text !== undefined && (
        <p data-tone={notice?.tone ?? 'waiting'}>
          {notice?.tone === 'broken' ? (
            <Icon name="warning" size={18} />
          ) : (
            <span className="spinner" aria-hidden="true" />
          )}
          <span>{text}</span>
        </p>
      )}
    </div>
  )
}
