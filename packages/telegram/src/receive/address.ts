import type { Command, TextEntity } from '@pluggram/sdk'
import { readCommand } from '@pluggram/sdk/runtime'
import type { BotIdentity } from './identify-bot.ts'

/** The parts of an identity that show whether a message addresses the bot. */
export type BotName = Pick<BotIdentity, 'id' | 'username'> & Partial<Pick<BotIdentity, 'firstName'>>

/** What a message says, without the words that only say to whom. */
export interface AddressedText {
  readonly text: string
  readonly entities: readonly TextEntity[]
  /** A command at its start, unless that names another bot. */
  readonly command?: Command
  /** `this`: the bot is named or commanded; `other`: another bot is commanded; `nobody`: neither. */
  readonly to: 'this' | 'other' | 'nobody'
}

export interface TypedText {
  readonly text: string
  readonly entities: readonly TextEntity[]
  /** In a group people may also call the bot by its plain name. */
  readonly isGroup: boolean
  /** The words of a file, which may be nothing but an address. */
  readonly isCaption: boolean
}

interface Range {
  readonly start: number
  readonly end: number
}

/**
 * Reads to whom a text is addressed: by `/command@bot`, by `@bot` or a link to the bot's account
 * anywhere in it, or by the bot's name with a comma or colon. Plugins get the text without that, so
 * `@bot, roll 2d6` is `roll 2d6`, and `@bot /roll 2d6` a command. A text that is nothing else stays.
 */
export function readAddress(typed: TypedText, bot: BotName): AddressedText {
  const { text, entities, isGroup } = typed
  const mentions = entities.filter((entity) => isMention(entity, text, bot))
  const name = isGroup && mentions.length === 0 ? findName(text, bot) : undefined
  if (mentions.length === 0 && name === undefined) return readLeadingCommand(text, entities, bot)

  const isOneOfMany = mentions.some((own) => hasNeighbour(own, typed, mentions))
  const cuts = name ? [name] : isOneOfMany ? [] : mentions.map((mention) => cutFor(mention, text))
  const rest = without(text, entities, cuts)
  const command = readLeadingCommand(rest.text, rest.entities, bot)
  // the command of another bot is not ours, even where the text mentions us
  if (command.to === 'other') return { ...command, to: 'other' }
  return isBlank(rest.text) && !typed.isCaption ? { text, entities, to: 'this' } : { ...command, to: 'this' }
}

/** Reads a command at the start of `text`, `/name` or `/name@bot`. */
function readLeadingCommand(text: string, entities: readonly TextEntity[], bot: BotName): AddressedText {
  const written = text.startsWith('/') ? readCommand(text) : undefined
  if (!written) return { text, entities, to: 'nobody' }
  const { command } = written
  if (written.bot === undefined) return { text, entities, command, to: 'this' }
  if (!isBotName(`@${written.bot}`, bot)) return { text, entities, to: 'other' }
  const start = 1 + command.name.length
  return { ...without(text, entities, [{ start, end: start + 1 + written.bot.length }]), command, to: 'this' }
}

/** Whether the entity mentions the bot, by `@name` or by a link to its account. */
function isMention({ type, offset, length, userId }: TextEntity, text: string, bot: BotName): boolean {
  if (type === 'text_mention') return userId === bot.id
  return type === 'mention' && isBotName(text.slice(offset, offset + length), bot)
}

function isBotName(mention: string, bot: BotName): boolean {
  return mention.toLowerCase() === `@${bot.username.toLowerCase()}`
}

/** What may stand between two accounts that are addressed together. */
const TOGETHER = new Set(['', 'and', '&', '+', 'und', 'et', 'y', 'e', 'и', 'و'])
const MAX_BETWEEN = 40

/** Whether another account is mentioned beside this one: then the address is part of what is said. */
function hasNeighbour(
  own: TextEntity,
  { text, entities }: TypedText,
  mentions: readonly TextEntity[],
): boolean {
  return entities.some((other) => {
    if (mentions.includes(other) || !/^(?:text_)?mention$/.test(other.type)) return false
    const [first, second] = other.offset < own.offset ? [other, own] : [own, other]
    const between = text.slice(first.offset + first.length, second.offset)
    if (between.length > MAX_BETWEEN) return false
    return TOGETHER.has(between.toLowerCase().replaceAll(/[\s\p{Cf},.:;،、，：؛-]+/gu, ''))
  })
}

/** Blanks and signs at the start of a text that set an address apart. */
const COMMAS = ',，、،﹐︐'
const APART = `:;：；؛!！…।${COMMAS}`
const AFTER_START = new RegExp(
  `^(?:[.\\-–—:;!?]+(?=\\s)|[${APART}]+)?[\\s\\p{Cf}]*(?:[${COMMAS}]\\s*|[-–—]\\s+)?`,
  'u',
)
const AFTER_MIDDLE = new RegExp(`^[${COMMAS}:：]?[\\s\\p{Cf}]*`, 'u')
const ONLY_SIGNS = /^[\s\p{Cf}\p{P}\p{S}]*$/u

/** What has to go with a mention so that the rest reads well. */
function cutFor({ offset, length }: TextEntity, text: string): Range {
  const before = text.slice(0, offset)
  const after = text.slice(offset + length)
  const skip = (signs: RegExp): number => offset + length + (signs.exec(after)?.[0].length ?? 0)
  if (isBlank(before)) return { start: 0, end: skip(AFTER_START) }
  // what stands behind the last word, such as a question mark, belongs to the sentence
  if (ONLY_SIGNS.test(after)) return { start: endOfWords(before), end: offset + length }
  return { start: offset, end: skip(AFTER_MIDDLE) }
}

/** Where the words end, before the blanks and at most one comma. A loop, since strangers write the text. */
function endOfWords(text: string): number {
  let end = text.length
  let hasComma = false
  for (; end > 0; end -= 1) {
    const sign = text.charAt(end - 1)
    if (COMMAS.includes(sign) && !hasComma) hasComma = true
    else if (!/[\s\p{Cf}]/u.test(sign)) break
  }
  return end
}

const patterns = new WeakMap<BotName, readonly [RegExp, RegExp] | 'none'>()

/** Where a text calls the bot by its name: first, or last after a comma. */
function findName(text: string, bot: BotName): Range | undefined {
  let known = patterns.get(bot)
  if (known === undefined) patterns.set(bot, (known = namePatterns(bot)))
  if (known === 'none') return undefined
  const [first, last] = known
  const called = first.exec(text)
  if (called) {
    const word = called.groups?.['word'] ?? ''
    return { start: word.length, end: called[0].length }
  }
  const ending = last.exec(text)
  return ending ? { start: ending.index, end: ending.index + (ending[1]?.length ?? 0) } : undefined
}

function namePatterns({ username, firstName = '' }: BotName): readonly [RegExp, RegExp] | 'none' {
  const names = [firstName, username].map((name) => name.trim()).filter((name) => name.length > 1)
  if (names.length === 0) return 'none'
  const name = names.map((known) => known.replaceAll(/[$()*+./?[\\\]^{|}]/g, String.raw`\$&`)).join('|')
  // one word may stand before, as in “hey Ada, …”
  const word = String.raw`(?<word>(?:\p{L}{1,12}[\s,]+)?)`
  return [
    new RegExp(String.raw`^[\s\p{Cf}]*${word}(?:${name})\s*(?:[${APART}]+\s*|[-–—]+\s+)`, 'iu'),
    new RegExp(String.raw`([${COMMAS}]\s*(?:${name}))[\s\p{P}\p{S}]*$`, 'iu'),
  ]
}

function isBlank(text: string): boolean {
  return /^[\s\p{Cf}]*$/u.test(text)
}

/** The text without the ranges; entities move with their words. */
function without(
  text: string,
  entities: readonly TextEntity[],
  cuts: readonly Range[],
): Pick<AddressedText, 'text' | 'entities'> {
  if (cuts.length === 0) return { text, entities }
  // from the back, so that the positions of the others hold
  const inTurn = cuts.toSorted((a, b) => b.start - a.start)
  let rest = { text, entities }
  for (const cut of inTurn) rest = withoutOne(rest, cut)
  return rest
}

function withoutOne(
  { text, entities }: Pick<AddressedText, 'text' | 'entities'>,
  { start, end }: Range,
): { text: string; entities: TextEntity[] } {
  const removed = end - start
  // a position inside the removed text moves to its start
  const move = (position: number): number =>
    position <= start ? position : Math.max(start, position - removed)
  const moved = entities.map((entity) => {
    const offset = move(entity.offset)
    return { ...entity, offset, length: move(entity.offset + entity.length) - offset }
  })
  return {
    text: text.slice(0, start) + text.slice(end),
    entities: moved.filter((entity) => entity.length > 0),
  }
}
