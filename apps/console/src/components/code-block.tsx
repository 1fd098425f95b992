import type { ReactElement } from 'react'
import { useCopy } from '../hooks/use-copy.ts'
import { Icon } from './icon.tsx'

interface CodeBlockProps {
  readonly code: string
  readonly language?: string | undefined
}

/** A `pre` entity: the language, a copy button and the code, which scrolls horizontally. */
export function CodeBlock({ code, language }: CodeBlockProps): ReactElement {
  const { isCopied, copy } = useCopy(code)
  return (
    <div className="code-block" dir="ltr">
      <div className="code-block__bar" data-language={language ?? 'code'}>
        <button
          type="button"
          className="code-block__copy"
          onClick={copy}
          aria-label={isCopied ? 'Copied' : 'Copy the code'}
        >
          <Icon name={isCopied ? 'check' : 'copy'} size={15} />
        </button>
      </div>
      <pre tabIndex={0}>
        <code>{code}</code>
      </pre>
    </div>
  )
}
