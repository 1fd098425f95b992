/** The quick reactions, as the Bot API writes them (without variation selectors). */
export const QUICK_REACTIONS = ['👍', '❤', '🔥', '🎉', '😁', '🤔', '👏', '👎'] as const

/**
 * Adds a variation selector to the old characters (`❤`) that would otherwise be rendered as text.
 */
export function showEmoji(emoji: string): string {
  return /^\p{Emoji}$/u.test(emoji) && !/^\p{Emoji_Presentation}$/u.test(emoji) ? `${emoji}\uFE0F` : emoji
}
