/** A plugin may have to look through all it keeps to find what is a user's. */
export const FORGET_SECONDS = 30

const MAX_CHARACTERS = 200

/** What a plugin's `forgetUser` told, as a short line for a person; anything else is nothing. */
export function toForgotten(told: unknown): string | undefined {
  if (typeof told !== 'string') return undefined
  const line = told.replaceAll(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}\s]+/gu, ' ').trim()
  return line === '' ? undefined : line.slice(0, MAX_CHARACTERS).toWellFormed()
}
