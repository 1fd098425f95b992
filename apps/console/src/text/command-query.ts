import type { BotCommandEntry } from '../api/driver-types.ts'

/** The commands that match the typed text; empty unless it is the start of a command. */
export function matchingCommands(
  text: string,
  commands: readonly BotCommandEntry[],
): readonly BotCommandEntry[] {
  const typed = /^\/([\w]*)$/u.exec(text)?.[1]?.toLowerCase()
  if (typed === undefined) return []
  return commands.filter(({ command }) => command.startsWith(typed))
}
