import { useEffect } from 'react'
import type { ReactElement } from 'react'
import { usePlayground, usePlaygroundState } from '../state/playground-context.ts'
import type { Toast } from '../state/playground-state.ts'
import { Icon } from './icon.tsx'

const SHOWN_MS = 4500

/** Short notifications above the conversation: buttons' answers and errors. */
export function Toasts(): ReactElement {
  const toasts = usePlaygroundState((state) => state.toasts)
  return (
    <div className="toasts" role="status" aria-live="polite">
      {toasts.map((toast) => (
        <ToastNote key={toast.id} toast={toast} />
      ))}
    </div>
  )
}

function ToastNote({ toast }: { readonly toast: Toast }): ReactElement {
  const { closeToast } = usePlayground()
  useEffect(() => {
    const timer = setTimeout(() => closeToast(toast.id), SHOWN_MS)
    return () => clearTimeout(timer)
  }, [closeToast, toast.id])
  return (
    <button type="button" className="toast" data-tone={toast.tone} onClick={() => closeToast(toast.id)}>
      {toast.tone === 'error' && <Icon name="warning" size={18} />}
      <span dir="auto">{toast.text}</span>
    </button>
  )
}
