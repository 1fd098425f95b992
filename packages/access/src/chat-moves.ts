import { errorMessage } from '@pluggram/sdk'
import type { Logger } from '@pluggram/sdk'

/** A part that stores data by chat id. */
export interface ChatKeeper {
  readonly what: string
  move(from: number, to: number): unknown
}

/** Moves a group's data to the new id when it becomes a supergroup, once per group and run. */
export function createChatMoves(
  keepers: readonly ChatKeeper[],
  logger: Logger,
): (from: number, to: number) => void {
  const moved = new Set<string>()
  return (from, to) => {
    const name = `${from} ${to}`
    if (moved.has(name)) return
    moved.add(name)
    for (const { what, move } of keepers) {
      Promise.try(() => move(from, to)).catch((error: unknown) =>
        logger.error(`${what} could not follow the group ${from} to its new id ${to}`, {
          error: errorMessage(error),
        }),
      )
    }
  }
}
