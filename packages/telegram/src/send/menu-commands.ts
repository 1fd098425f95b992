import type { BotCommand } from 'grammy/types'

export interface MenuCommand {
  readonly name: string
  readonly description: string
}

/** Bot API: setMyCommands, BotCommand. */
const MAX_COMMANDS = 100
const MAX_DESCRIPTION = 256
/** Telegram also limits all descriptions together, without saying how much; this is well within it. */
const SHORT_DESCRIPTION = 32
/** How often a menu is written to find out which command is refused. */
const MAX_TRIES = 24

/** The commands in Telegram's form, without those that it is known to refuse. */
export function toMenu(commands: readonly MenuCommand[]): { menu: BotCommand[]; leftOut: string[] } {
  const menu = new Map<string, BotCommand>()
  const leftOut: string[] = []
  for (const { name, description } of commands) {
    const isUsable = /^[a-z0-9_]{1,32}$/.test(name) && !menu.has(name) && menu.size < MAX_COMMANDS
    if (isUsable)
      menu.set(name, { command: name, description: shorten(description, MAX_DESCRIPTION) || name })
    else leftOut.push(name)
  }
  return { menu: [...menu.values()], leftOut }
}

/**
 * Writes as much of a menu as Telegram takes. It refuses a whole list for one command without naming
 * it, and for too many words without saying how many.
 * @param write returns the reason of a refusal
 * @returns the commands that were left out
 */
export async function acceptedMenu(
  menu: readonly BotCommand[],
  write: (list: readonly BotCommand[]) => Promise<string | undefined>,
): Promise<readonly string[]> {
  let tries = 0
  const isTaken = async (list: readonly BotCommand[]): Promise<boolean> => {
    tries += 1
    return (await write(list)) === undefined
  }
  const reason = await write(menu)
  if (reason === undefined) return []
  if (reason.includes('TOO_MUCH')) {
    const short = menu.map(({ command, description }) => ({
      command,
      description: shorten(description, SHORT_DESCRIPTION),
    }))
    for (let count = short.length; count > 0; count = Math.floor(count / 2))
      if (await isTaken(short.slice(0, count))) return namesOf(short.slice(count))
    return namesOf(menu)
  }

  /** Those of a list that are taken, found by halves. */
  async function taken(list: readonly BotCommand[]): Promise<readonly BotCommand[]> {
    if (list.length === 0 || tries >= MAX_TRIES) return []
    if (await isTaken(list)) return list
    if (list.length === 1) return []
    const half = Math.ceil(list.length / 2)
    return [...(await taken(list.slice(0, half))), ...(await taken(list.slice(half)))]
  }

  const half = Math.ceil(menu.length / 2)
  const good =
    menu.length === 1 ? [] : [...(await taken(menu.slice(0, half))), ...(await taken(menu.slice(half)))]
  if (good.length > 0) await write(good)
  const names = new Set(namesOf(good))
  return namesOf(menu).filter((name) => !names.has(name))
}

function namesOf(menu: readonly BotCommand[]): string[] {
  return menu.map(({ command }) => command)
}

function shorten(description: string, most: number): string {
  const line = description.replaceAll(/\s+/g, ' ').trim().toWellFormed()
  if (line.length <= most) return line
  return `${line.slice(0, most - 1).replace(/[\uD800-\uDBFF]$/, '')}…`
}
