import { createHmac, randomBytes, timingSafeEqual } from 'node:crypto'

const LINK_LIFETIME_MS = 60 * 60 * 1_000

/** What a login link's token holds: its expiry and its identity. */
interface Claims {
  readonly expiresAt: number
  readonly nonce: string
}

/** Makes a token that `LoginLinks` of the same key accepts once, within an hour. */
export function createLoginToken(key: string, now: number = Date.now()): string {
  const payload = `${(now + LINK_LIFETIME_MS).toString(36)}.${randomBytes(16).toString('base64url')}`
  return `${payload}.${sign(key, payload)}`
}

/**
 * Accepts each login token once. The key is new at every start, so no token outlives the process
 * that remembers whether it was used.
 */
export class LoginLinks {
  readonly #key: string
  readonly #used = new Map<string, number>()

  constructor(key: string) {
    this.#key = key
  }

  /** Whether the token could be redeemed; it stays unused. */
  isValid(token: string, now: number = Date.now()): boolean {
    return this.#claimsOf(token, now) !== undefined
  }

  /** True the first time a valid token is presented. */
  redeem(token: string, now: number = Date.now()): boolean {
    const claims = this.#claimsOf(token, now)
    if (!claims) return false
    for (const [nonce, expiresAt] of this.#used) if (expiresAt <= now) this.#used.delete(nonce)
    this.#used.set(claims.nonce, claims.expiresAt)
    return true
  }

  #claimsOf(token: string, now: number): Claims | undefined {
    const claims = verify(this.#key, token)
    return claims && claims.expiresAt > now && !this.#used.has(claims.nonce) ? claims : undefined
  }
}

function sign(key: string, payload: string): string {
  return createHmac('sha256', key).update(payload).digest('base64url')
}

function verify(key: string, token: string): Claims | undefined {
  const parts = token.split('.')
  const [expires, nonce, signature] = parts
  if (parts.length !== 3 || !expires || !nonce || !signature) return undefined
  const expected = Buffer.from(sign(key, `${expires}.${nonce}`))
  const given = Buffer.from(signature)
  if (given.length !== expected.length || !timingSafeEqual(given, expected)) return undefined
  return { expiresAt: Number.parseInt(expires, 36), nonce }
}
