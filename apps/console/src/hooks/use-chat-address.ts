import { useEffect } from 'react'
import { usePlayground, usePlaygroundState } from '../state/playground-context.ts'

/**
 * The chat in the address (`/playground#-1001`), so that reloading and the browser's back button
 * work.
 */
export function chatIdFromHash(hash: string): number | undefined {
  return /^#-?\d{1,16}$/u.test(hash) ? Number(hash.slice(1)) : undefined
}

/** Synchronises the address and the open chat, in both directions. */
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
    // the first chat opens automatically, so it must not add a history entry
    if (named === undefined && history.state === null) history.replaceState({ opened: true }, '', address)
    else history.pushState({ opened: true }, '', address)
  }, [isReady, openChatId])
}
