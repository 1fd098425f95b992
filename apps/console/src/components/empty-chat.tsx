import { useRef } from 'react'
import type { ReactElement } from 'react'
import { useRovingFocus } from '../hooks/use-roving-focus.ts'
import { usePlayground, usePlaygroundState } from '../state/playground-context.ts'
import { fullName } from '../state/selectors.ts'
import { Avatar } from './avatar.tsx'

/** What README suggests, as far as there is a plugin for it, and the way to everything else. */
const SUGGESTIONS: readonly { readonly text: string; readonly needs?: string }[] = [
  { text: 'roll two dice', needs: 'roll' },
  { text: 'remind me tomorrow at 9 to call Ann', needs: 'remind' },
  { text: 'What can you do?' },
  { text: '/help' },
]

/** Suggestions to start a conversation. */
export function EmptyChat({ chatId }: { readonly chatId: number }): ReactElement {
  const { sendText } = usePlayground()
  const bot = usePlaygroundState((state) => state.bot)
  const commands = usePlaygroundState((state) => state.commands)
  const offered = SUGGESTIONS.filter(
    ({ needs }) => needs === undefined || commands.some(({ command }) => command === needs),
  )
  const chips = useRef<HTMLDivElement>(null)
  useRovingFocus(chips, { rows: '.chip' })
  return (
    <div className="empty-chat">
      <Avatar name={fullName(bot)} id={bot?.id ?? 0} size="large" kind="bot" />
      <h2>{fullName(bot)}</h2>
      <p>Write anything, send a photo or a file, or begin with one of these.</p>
      <div ref={chips} className="empty-chat__chips">
        {offered.map(({ text }) => (
          <button key={text} type="button" className="chip" onClick={() => sendText(chatId, text)}>
            {text}
          </button>
        ))}
      </div>
    </div>
  )
}
