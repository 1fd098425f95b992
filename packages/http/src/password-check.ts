import { isSame } from './is-same.ts'

/** Wrong passwords in a row before everyone has to wait, and how long. */
const MAX_WRONG = 10
const PAUSE_MS = 60_000

/** Compares what somebody sent with the owner's password. */
export type PasswordCheck = (given: string, now?: number) => 'right' | 'wrong' | 'wait'

/**
 * Slows guessing down: after ten wrong passwords in a row everyone waits a minute. The count is one
 * for all who ask, by whatever address and on every route that takes the password, since an
 * attacker may have many addresses.
 */
export function createPasswordCheck(password: string): PasswordCheck {
  let wrongInARow = 0
  let pausedUntil = 0
  return (given, now = Date.now()) => {
    if (now < pausedUntil) return 'wait'
    if (isSame(given, password)) {
      wrongInARow = 0
      return 'right'
    }
    wrongInARow += 1
    if (wrongInARow >= MAX_WRONG) {
      wrongInARow = 0
      pausedUntil = now + PAUSE_MS
    }
    return 'wrong'
  }
}
