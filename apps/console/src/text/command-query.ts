import type { BotCommandEntry } from '../api/driver-types.ts'

/** The commands that what is being typed may become; empty unless it is the start of a command. */
export function matchingCommands(
  text: string,
  commands: readonly BotCommandEntry[],
): readonly BotCommandEntry[] {
  const typed = /^\/([\w]*)$/u.exec(text)?.[1]?.toLowerCase()
  if (typed === undefined) return []
  return commands.filter(({ command }) => command.startsWith(typed))
}
