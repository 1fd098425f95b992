import type { TextEntity } from '@pluggram/sdk'
import type { Command } from '@pluggram/sdk'
import { readCommand } from '@pluggram/sdk/runtime'
import type { BotIdentity } from './identify-bot.ts'
import type { RawEntity } from './raw-update.ts'

/** The parts of an identity that tell whether a message means the bot. */
export type BotName = Pick<BotIdentity, 'id' | 'username'>

/** Whom a leading `/command` is for. */
export interface CommandAddress {
  /** `this` bot by name or without a name, `other` bot by name, or no command at all. */
  readonly target: 'this' | 'other' | 'none'
  /** Set when the target is this bot. */
  readonly command?: Command
  /** Where `@name` stands in the text, when it names this bot. */
  readonly suffix?: { readonly start: number; readonly end: number }
}

const NO_COMMAND: CommandAddress = { target: 'none' }
const OTHER_BOT: CommandAddress = { target: 'other' }

/** Reads a command at the start of `text`, `/name` or `/name@bot`. */
export function readCommandAddress(text: string, bot: BotName): CommandAddress {
  const written = readCommand(text)
  if (!written) return NO_COMMAND
  const { command } = written
  if (written.bot === undefined) return { target: 'this', command }
  if (!isBotName(`@${written.bot}`, bot)) return OTHER_BOT
  const start = 1 + command.name.length
  return { target: 'this', command, suffix: { start, end: start + 1 + written.bot.length } }
}

/** Whether an entity of `text` mentions the bot, by `@name` or by a link to its account. */
export function mentionsBot(text: string, entities: readonly RawEntity[], bot: BotName): boolean {
  return entities.some(
    (entity) =>
      (entity.type === 'mention' &&
        isBotName(text.slice(entity.offset, entity.offset + entity.length), bot)) ||
      (entity.type === 'text_mention' && entity.user?.id === bot.id),
  )
}

/** Takes `suffix` out of the entities as it was taken out of the text. */
export function shiftEntities(
  entities: readonly TextEntity[],
  suffix: { readonly start: number; readonly end: number },
): TextEntity[] {
  const removed = suffix.end - suffix.start
  // A position inside the removed text falls on its start.
  const move = (position: number): number =>
    position <= suffix.start ? position : Math.max(suffix.start, position - removed)
  return entities
    .map((entity) => {
      const offset = move(entity.offset)
      return { ...entity, offset, length: move(entity.offset + entity.length) - offset }
    })
    .filter((entity) => entity.length > 0)
}

function isBotName(mention: string, bot: BotName): boolean {
  return mention.toLowerCase() === `@${bot.username.toLowerCase()}`
}
