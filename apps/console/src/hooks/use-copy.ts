import { use, useEffect, useState } from 'react'
import { PlaygroundContext } from '../state/playground-context.ts'

const SHOWN_MS = 1500

/** Copies a text; `isCopied` is true for a moment afterwards. */
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

/** Rejects if the browser has no clipboard, for example on an insecure page. */
export async function copyText(text: string): Promise<void> {
  await navigator.clipboard.writeText(text)
}
