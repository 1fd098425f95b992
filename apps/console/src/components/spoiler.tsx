import { useState } from 'react'
import type { ReactElement, ReactNode } from 'react'

interface SpoilerProps {
  /** Replaces the children while they are hidden, so that links among them cannot be focused. */
  readonly text: string
  readonly children: ReactNode
}

/** Hidden text, revealed by a click, Enter or Space. */
export function Spoiler({ text, children }: SpoilerProps): ReactElement {
  const [isShown, setShown] = useState(false)
  if (isShown) return <span className="spoiler spoiler--shown">{children}</span>
  const show = (): void => setShown(true)
  return (
    <span
      className="spoiler"
      role="button"
      tabIndex={0}
      aria-label="Hidden text, show it"
      onClick={(event) => {
        event.preventDefault()
        event.stopPropagation()
        show()
      }}
      onKeyDown={(event) => {
        if (event.key !== 'Enter' && event.key !== ' ') return
        event.preventDefault()
        show()
      }}
    >
      <span className="spoiler__text" aria-hidden="true">
        {text}
      </span>
    </span>
  )
}
