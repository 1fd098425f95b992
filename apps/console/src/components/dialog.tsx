import { useEffect, useId, useRef } from 'react'
import type { ReactElement, ReactNode } from 'react'
import { Icon } from './icon.tsx'

interface DialogProps {
  readonly title: string
  readonly onClose: () => void
  readonly children: ReactNode
}

/** What a dialog is for: its text field, else what it offers to do. */
const ENTRIES = ['input:not([type="checkbox"], :disabled), textarea', '.button--primary']

/** A modal dialog. The browser traps the focus; Escape or a click outside closes it. */
export function Dialog({ title, onClose, children }: DialogProps): ReactElement {
  const dialog = useRef<HTMLDialogElement>(null)
  const titleId = useId()
  useEffect(() => {
    const element = dialog.current
    element?.showModal()
    // the browser would choose the first button, which closes the dialog
    const entries = ENTRIES.map((selector) => element?.querySelector<HTMLElement>(selector))
    entries.find((entry) => entry)?.focus()
    return () => element?.close()
  }, [])
  return (
    <dialog
      ref={dialog}
      className="dialog"
      aria-labelledby={titleId}
      onCancel={(event) => {
        event.preventDefault()
        onClose()
      }}
      onMouseDown={(event) => {
        if (event.target === dialog.current) onClose()
      }}
    >
      <div className="dialog__body">
        <header className="dialog__header">
          <h2 id={titleId}>{title}</h2>
          <button type="button" className="icon-button" aria-label="Close" onClick={onClose}>
            <Icon name="close" size={20} />
          </button>
        </header>
        {children}
      </div>
    </dialog>
  )
}
