import type { ReactElement } from 'react'
import { usePlayground, usePlaygroundState } from '../state/playground-context.ts'
import { fullName } from '../state/selectors.ts'
import { Avatar } from './avatar.tsx'

const FIRST_SUGGESTIONS = ['/start', '/help', 'What can you do?'] as const

const COMMAND_LIMIT = 4

/** Suggestions to start a conversation. */
export function EmptyChat({ chatId }: { readonly chatId: number }): ReactElement {
  const { sendText } = usePlayground()
  const bot = usePlaygroundState((state) => state.bot)
  const commands = usePlaygroundState((state) => state.commands)
  const more = commands
    .filter(({ command }) => !FIRST_SUGGESTIONS.some((suggestion) => suggestion === `/${command}`))
    .slice(0, COMMAND_LIMIT)
  return (
    <div className="empty-chat">
      <Avatar name={fullName(bot)} id={bot?.id ?? 0} size="large" kind="bot" />
      <h2>{fullName(bot)}</h2>
      <p>Write anything, send a photo or a file, or begin with one of these.</p>
      <div className="empty-chat__chips">
        {FIRST_SUGGESTIONS.map((suggestion) => (
          <button
            key={suggestion}
            type="button"
            className="chip"
            onClick={() => sendText(chatId, suggestion)}
          >
            {suggestion}
          </button>
        ))}
        {more.map(({ command, description }) => (
          <button
            key={command}
            type="button"
            className="chip"
            title={description}
            onClick={() => sendText(chatId, `/${command}`)}
          >
            /{command}
          </button>
        ))}
      </div>
    </div>
  )
}
