import type { Command } from '../context.ts'

/** A command at the start of a text. */
export interface WrittenCommand {
  readonly command: Command
  /** The user name after `/name@`, as written: the bot that is addressed. */
  readonly bot?: string
}

/** Bot API (BotCommand): 1 to 32 of a–z, 0–9 and _. Users type commands in either case. */
const COMMAND = /^\/([a-z0-9_]{1,32})(?:@([a-z0-9_]{1,64}))?(?=\s|$)/i

/**
 * Reads `/name args` or `/name@bot args`. This is the only grammar of commands: the normaliser
 * applies it once to each message, and everything after it reads `IncomingUpdate.command`.
 */
export function readCommand(text: string): WrittenCommand | undefined {
  if (!text.startsWith('/')) return undefined
  const match = COMMAND.exec(text)
  if (!match?.[1]) return undefined
  const [whole, name, bot] = match
  const command = { name: name.toLowerCase(), args: text.slice(whole.length).trim() }
  return bot === undefined ? { command } : { command, bot }
}
