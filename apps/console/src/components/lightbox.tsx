import { useEffect, useRef } from 'react'
import type { ReactElement } from 'react'
import { Icon } from './icon.tsx'

interface LightboxProps {
  readonly source: string
  readonly name: string
  readonly onClose: () => void
}

/** A picture that fills the page. */
export function Lightbox({ source, name, onClose }: LightboxProps): ReactElement {
  const dialog = useRef<HTMLDialogElement>(null)
  useEffect(() => {
    const element = dialog.current
    element?.showModal()
    return () => element?.close()
  }, [])
  return (
    <dialog
      ref={dialog}
      className="lightbox"
      aria-label={name}
      onCancel={(event) => {
        event.preventDefault()
        onClose()
      }}
      onClick={(event) => {
        if (!(event.target instanceof Element) || event.target.closest('a, button') === null) onClose()
      }}
    >
      <div className="lightbox__bar">
        <a className="icon-button" href={source} download={name} aria-label="Download">
          <Icon name="download" />
        </a>
        <button type="button" className="icon-button" aria-label="Close" onClick={onClose}>
          <Icon name="close" />
        </button>
      </div>
      <img src={source} alt={name} />
    </dialog>
  )
}
