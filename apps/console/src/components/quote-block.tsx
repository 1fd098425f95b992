import { useLayoutEffect, useRef, useState } from 'react'
import type { ReactElement, ReactNode } from 'react'
import { Icon } from './icon.tsx'

interface QuoteBlockProps {
  readonly isExpandable: boolean
  readonly children: ReactNode
}

/** A quotation. An expandable one shows three lines until it is expanded. */
export function QuoteBlock({ isExpandable, children }: QuoteBlockProps): ReactElement {
  const content = useRef<HTMLDivElement>(null)
  const [isOpen, setOpen] = useState(false)
  const [isCut, setCut] = useState(false)
  useLayoutEffect(() => {
    const element = content.current
    if (isExpandable && element !== null && !isOpen) setCut(element.scrollHeight > element.clientHeight + 1)
  }, [isExpandable, isOpen, children])
  return (
    <blockquote className="quote-block" dir="auto">
      <div ref={content} className={isExpandable && !isOpen ? 'quote-block__cut' : undefined}>
        {children}
      </div>
      {isExpandable && isCut && (
        <button
          type="button"
          className="quote-block__toggle"
          aria-expanded={isOpen}
          aria-label={isOpen ? 'Show less' : 'Show the whole quote'}
          data-open={isOpen || undefined}
          onClick={() => setOpen(!isOpen)}
        >
          <Icon name="down" size={16} />
        </button>
      )}
    </blockquote>
  )
}
