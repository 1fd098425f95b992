/** The playground's bot. Telegram never assigns this id. */
export const PLAYGROUND_BOT = 0

/**
 * The id of the bot that a token belongs to. A token starts with it (`123456789:AA…`), so it is
 * known before any call to Telegram. Without a token it is the playground's.
 */
export function botIdOf(token: string | undefined): number {
  const id = Number(/^(\d{1,15}):/.exec(token ?? '')?.[1])
  return Number.isSafeInteger(id) ? id : PLAYGROUND_BOT
}

/**
 * The id as an SQL literal. Binding it as a parameter would slow down every message.
 * @throws TypeError when it is not a valid id
 */
export function botInSql(bot: number): string {
  if (!Number.isSafeInteger(bot) || bot < 0) throw new TypeError(`${bot} is not the id of a bot.`)
  return String(bot)
}
