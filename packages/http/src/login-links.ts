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

  /** True the first time a valid token is presented. */
  redeem(token: string, now: number = Date.now()): boolean {
    const claims = verify(this.#key, token)
    if (!claims || claims.expiresAt <= now || this.#used.has(claims.nonce)) return false
    for (const [nonce, expiresAt] of this.#used) if (expiresAt <= now) this.#used.delete(nonce)
    this.#used.set(claims.nonce, claims.expiresAt)
    return true
  }
}

/** Sessions are signed, not stored: they survive a restart as long as the key file does. */
export class Sessions {
  readonly #key: string
  /** Seconds a session lasts. */
  readonly lifetimeSeconds = 30 * 24 * 60 * 60

  constructor(key: string) {
    this.#key = key
  }

  create(now: number = Date.now()): string {
    const payload = `${(now + this.lifetimeSeconds * 1_000).toString(36)}.${randomBytes(16).toString('base64url')}`
    return `${payload}.${sign(this.#key, payload)}`
  }

  isValid(session: string | undefined, now: number = Date.now()): boolean {
    const claims = session === undefined ? undefined : verify(this.#key, session)
    return claims !== undefined && claims.expiresAt > now
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
