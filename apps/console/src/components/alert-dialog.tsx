import type { ReactElement } from 'react'
import { usePlayground, usePlaygroundState } from '../state/playground-context.ts'
import { safeLink } from '../text/safe-link.ts'
import { Dialog } from './dialog.tsx'

/** A button's answer shown as an alert, or with a link to a page. */
export function AlertDialog(): ReactElement | null {
  const { closeAlert } = usePlayground()
  const alert = usePlaygroundState((state) => state.alert)
  const botName = usePlaygroundState((state) => state.bot?.firstName ?? 'Pluggram')
  if (alert === undefined) return null
  const href = alert.url === undefined ? undefined : safeLink(alert.url)
  return (
    <Dialog title={botName} onClose={closeAlert}>
      <p className="dialog__text" dir="auto">
        {alert.text ?? href ?? 'Done.'}
      </p>
      <footer className="dialog__footer">
        {href !== undefined && (
          <a className="button" href={href} target="_blank" rel="noopener noreferrer" onClick={closeAlert}>
            Open the link
          </a>
        )}
        <button type="button" className="button button--primary" onClick={closeAlert}>
          OK
        </button>
      </footer>
    </Dialog>
  )
}
