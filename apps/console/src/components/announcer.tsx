import type { ReactElement } from 'react'
import type { EmulatedChat } from '../api/driver-types.ts'
import { usePlaygroundState } from '../state/playground-context.ts'
import { findUser, fullName, lastMessage, messageSummary } from '../state/selectors.ts'
import { isolate } from '../text/isolate.ts'

interface AnnouncerProps {
  readonly chat: EmulatedChat
  readonly actorId: number | undefined
}

/**
 * Announces others' latest message to screen readers, once and completely. Streamed drafts are not
 * announced.
 */
export function Announcer({ chat, actorId }: AnnouncerProps): ReactElement {
  const words = usePlaygroundState((state) => {
    const last = lastMessage(state, chat.id)
    if (last === undefined || last.senderId === actorId) return ''
    return `${isolate(fullName(findUser(state, last.senderId)))}: ${messageSummary(last)}`
  })
  return (
    <div className="visually-hidden" aria-live="polite" aria-atomic="true">
      {words}
    </div>
  )
}
