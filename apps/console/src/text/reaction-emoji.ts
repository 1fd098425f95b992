/** The quick reactions, written as the Bot API writes them (no variation selectors). */
export const QUICK_REACTIONS = ['👍', '❤', '🔥', '🎉', '😁', '🤔', '👏', '👎'] as const

/** A few old characters (`❤`) are drawn as text unless a selector asks for the picture. */
export function showEmoji(emoji: string): string {
  return /^\p{Emoji}$/u.test(emoji) && !/^\p{Emoji_Presentation}$/u.test(emoji) ? `${emoji}\uFE0F` : emoji
}
