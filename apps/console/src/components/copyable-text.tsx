import type { ReactElement } from 'react'
import { useCopy } from '../hooks/use-copy.ts'

interface CopyableTextProps {
  readonly kind: 'code' | 'phone'
  readonly text: string
}

/** Inline code or a phone number, copied on click. */
export function CopyableText({ kind, text }: CopyableTextProps): ReactElement {
  const { isCopied, copy } = useCopy(text)
  return (
    <button
      type="button"
      className={`copyable copyable--${kind}`}
      dir={kind === 'phone' ? 'ltr' : 'auto'}
      data-copied={isCopied || undefined}
      title={isCopied ? 'Copied' : 'Click to copy'}
      onClick={copy}
    >
      {kind === 'code' ? <code>{text}</code> : text}
    </button>
  )
}
