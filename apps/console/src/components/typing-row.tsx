import type { ReactElement } from 'react'
import { usePlaygroundState } from '../state/playground-context.ts'
import { actionLabel, fullName } from '../state/selectors.ts'
import { Avatar } from './avatar.tsx'

interface TypingRowProps {
  readonly chatId: number
  readonly isGroupChat: boolean
}

/** Three dots while the assistant works on an answer that is not visible yet. */
export function TypingRow({ chatId, isGroupChat }: TypingRowProps): ReactElement | null {
  const label = usePlaygroundState((state) =>
    state.drafts[chatId] === undefined ? actionLabel(state, chatId) : undefined,
  )
  const bot = usePlaygroundState((state) => state.bot)
  if (label === undefined) return null
  return (
    <li
      className={isGroupChat ? 'row row--theirs row--last row--with-avatar' : 'row row--theirs row--last'}
      data-testid="typing"
    >
      <div className="row__bubble">
        {isGroupChat && (
          <span className="row__avatar">
            <Avatar name={fullName(bot)} id={bot?.id ?? 0} size="small" kind="bot" />
          </span>
        )}
        <div className="bubble bubble--typing">
          <span className="dots" aria-hidden="true">
            <i />
            <i />
            <i />
          </span>
          {label !== 'typing' && <span className="bubble__action">{label}</span>}
          <span className="visually-hidden">
            {fullName(bot)} is {label}
          </span>
        </div>
      </div>
    </li>
  )
}
