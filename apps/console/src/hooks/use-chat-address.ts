import { useEffect } from 'react'
import { usePlayground, usePlaygroundState } from '../state/playground-context.ts'

/** The chat that the address names (`/playground#-1001`), so that a reload and the browser's back button work. */
export function chatIdFromHash(hash: string): number | undefined {
  return /^#-?\d{1,16}$/u.test(hash) ? Number(hash.slice(1)) : undefined
}

/** Keeps the address and the open chat the same, in both directions. */
export function useChatAddress(): void {
  const playground = usePlayground()
  const openChatId = usePlaygroundState((state) => state.openChatId)
  const isReady = usePlaygroundState((state) => state.status.kind === 'ready')

  useEffect(() => {
    const follow = (): void => playground.openChat(chatIdFromHash(location.hash))
    addEventListener('popstate', follow)
    return () => removeEventListener('popstate', follow)
  }, [playground])

  useEffect(() => {
    const named = chatIdFromHash(location.hash)
    if (!isReady || openChatId === named) return
    const address = openChatId === undefined ? location.pathname : `#${openChatId}`
    // The first chat opens by itself, so "back" must not lead to before it.
    if (named === undefined && history.state === null) history.replaceState({ opened: true }, '', address)
    else history.pushState({ opened: true }, '', address)
  }, [isReady, openChatId])
}
