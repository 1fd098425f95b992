import { createHash, randomInt, timingSafeEqual } from 'node:crypto'

/** Makes somebody the owner by a code that is shown only in the terminal. */
export interface OwnerPairing {
  /**
   * The code to show, for example `K7QX-2MPA`; `undefined` once it is used, expired, or had too
   * many wrong guesses.
   */
  code(): string | undefined
  /** Compares in constant time. `paired` ends the pairing. */
  claim(userId: number, code: string): 'paired' | 'wrong' | 'too-often' | 'closed'
}

export const PAIRING_MINUTES = 60
/** Without 0, O, 1 and I: 40 bits in all, and at most 50 guesses. */
const ALPHABET = '23456789ABCDEFGHJKLMNPQRSTUVWXYZ'
const LENGTH = 8
const MAX_GUESSES = 50
const MAX_GUESSES_EACH = 5
const EACH_MS = 10 * 60_000

/** @param now milliseconds on a steady clock; injected by tests */
export function createOwnerPairing(now: () => number = () => performance.now()): OwnerPairing {
  const secret = Array.from({ length: LENGTH }, () => ALPHABET[randomInt(ALPHABET.length)]).join('')
  const expected = digest(secret)
  const end = now() + PAIRING_MINUTES * 60_000
  const guesses = new Map<number, number[]>()
  let total = 0
  let isUsed = false

  const isOpen = (): boolean => !isUsed && total < MAX_GUESSES && now() < end

  return {
    code: () => (isOpen() ? `${secret.slice(0, 4)}-${secret.slice(4)}` : undefined),
    claim(userId, code) {
      if (!isOpen()) return 'closed'
      const recent = (guesses.get(userId) ?? []).filter((at) => at > now() - EACH_MS)
      if (recent.length >= MAX_GUESSES_EACH) return 'too-often'
      if (timingSafeEqual(digest(normalise(code)), expected)) {
        isUsed = true
        return 'paired'
      }
      total += 1
      guesses.set(userId, [...recent, now()])
      return 'wrong'
    },
  }
}

/** Users may type it in lower case or without the dash. */
function normalise(code: string): string {
  return code
    .slice(0, 64)
    .toUpperCase()
    .replaceAll(/[^A-Z0-9]/g, '')
}

function digest(text: string): Buffer {
  return createHash('sha256').update(text).digest()
}
