import type { ReactElement } from 'react'
import type { TranscriptMessage } from '../api/driver-types.ts'
import { usePlayground, usePlaygroundState } from '../state/playground-context.ts'
import { fullName } from '../state/selectors.ts'
import { showEmoji } from '../text/reaction-emoji.ts'

interface ReactionBarProps {
  readonly message: TranscriptMessage
  readonly actorId: number | undefined
}

/** The reactions to a message, with counts. A click adds or removes the user's own. */
export function ReactionBar({ message, actorId }: ReactionBarProps): ReactElement {
  const { react } = usePlayground()
  const users = usePlaygroundState((state) => state.users)
  const bot = usePlaygroundState((state) => state.bot)
  const nameOf = (userId: number): string =>
    fullName(userId === bot?.id ? bot : users.find((user) => user.id === userId))
  const byEmoji = Map.groupBy(message.reactions, (reaction) => reaction.emoji)
  return (
    <span className="reactions">
      {[...byEmoji].map(([emoji, reactions]) => {
        const isOwn = reactions.some((reaction) => reaction.userId === actorId)
        const names = reactions.map((reaction) => nameOf(reaction.userId)).join(', ')
        return (
          <button
            key={emoji}
            type="button"
            className="reaction"
            aria-pressed={isOwn}
            aria-label={`${showEmoji(emoji)}, ${names}`}
            title={names}
            onClick={() => react(message, emoji)}
          >
            <span aria-hidden="true">{showEmoji(emoji)}</span>
            <b aria-hidden="true">{reactions.length}</b>
          </button>
        )
      })}
    </span>
  )
}
