import { use, useEffect, useState } from 'react'
import { PlaygroundContext } from '../state/playground-context.ts'

const SHOWN_MS = 1500

/** Copies a text, and tells for a moment that it was copied. */
export function useCopy(text: string): { readonly isCopied: boolean; readonly copy: () => void } {
  const [isCopied, setCopied] = useState(false)
  const playground = use(PlaygroundContext)
  useEffect(() => {
    if (!isCopied) return undefined
    const timer = setTimeout(() => setCopied(false), SHOWN_MS)
    return () => clearTimeout(timer)
  }, [isCopied])
  function copy(): void {
    copyText(text).then(
      () => setCopied(true),
      () => playground?.showToast('The browser did not allow copying.', 'error'),
    )
  }
  return { isCopied, copy }
}

/** Rejects where the browser has no clipboard, as on a page that is not secure. */
export async function copyText(text: string): Promise<void> {
  await navigator.clipboard.writeText(text)
}
