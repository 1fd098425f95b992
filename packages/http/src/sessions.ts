import { createHash, createHmac, randomBytes } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { replaceFileSync } from '@pluggram/base'
import type { Logger } from '@pluggram/sdk'
import { z } from '@pluggram/sdk'

const LIFETIME_MS = 30 * 24 * 60 * 60 * 1_000
/** How exactly the last use is stored. */
const SEEN_MS = 60 * 60 * 1_000
const MAX_SESSIONS = 100

const sessionSchema = z.object({
  id: z.string(),
  /** Only a hash of the cookie is stored, so the file lets nobody in. */
  hash: z.string(),
  by: z.enum(['link', 'password']),
  address: z.string(),
  browser: z.string(),
  /** Milliseconds since 1970, like the next two. */
  createdAt: z.number(),
  seenAt: z.number(),
  expiresAt: z.number(),
})
const fileSchema = z.object({ password: z.string(), sessions: z.array(sessionSchema) })

export type Session = z.infer<typeof sessionSchema>

export interface SessionsOptions {
  readonly file: string
  /** Marks the password, so that a new one is noticed. */
  readonly key: string
  readonly password: string | undefined
  readonly logger: Logger
  /** Milliseconds since 1970; injected by tests. */
  readonly now?: () => number
}

/** The owner's logins in browsers, kept in a file. A new password ends all of them. */
export class Sessions {
  readonly #options: SessionsOptions
  #mark: string
  readonly #now: () => number
  /** By the hash of the cookie. */
  readonly #sessions = new Map<string, Session>()
  /** What is still being read, by the id of its session. */
  readonly #open = new Map<string, Set<() => void>>()
  /** Seconds a session lasts. */
  readonly lifetimeSeconds = LIFETIME_MS / 1_000

  constructor(options: SessionsOptions) {
    this.#options = options
    this.#now = options.now ?? Date.now
    this.#mark = this.#markOf(options.password)
    const stored = this.#read()
    if (stored?.password === this.#mark)
      for (const session of stored.sessions) this.#sessions.set(session.hash, session)
    else if (stored && stored.sessions.length > 0) {
      options.logger.info('the password has changed; every session was ended')
      this.#write()
    }
  }

  /** Ends every session: whoever knew the old password may have made it. */
  changePassword(password: string | undefined): void {
    this.#mark = this.#markOf(password)
    const count = this.#sessions.size
    this.#drop([...this.#sessions.values()])
    this.#write()
    if (count > 0) this.#options.logger.info('the password has changed; every session was ended')
  }

  /** Starts a session and returns its cookie. */
  create(by: Session['by'], address: string, browser: string): string {
    const cookie = randomBytes(32).toString('base64url')
    const now = this.#now()
    const session: Session = {
      id: randomBytes(9).toString('base64url'),
      hash: hashOf(cookie),
      by,
      address,
      browser: browser.slice(0, 200),
      createdAt: now,
      seenAt: now,
      expiresAt: now + LIFETIME_MS,
    }
    this.#sessions.set(session.hash, session)
    this.#drop(this.list().slice(MAX_SESSIONS))
    this.#write()
    return cookie
  }

  /** The session of a cookie, if it is valid. */
  find(cookie: string | undefined): Session | undefined {
    const session = cookie === undefined ? undefined : this.#sessions.get(hashOf(cookie))
    const now = this.#now()
    if (!session || session.expiresAt <= now) return undefined
    if (now - session.seenAt > SEEN_MS) {
      session.seenAt = now
      this.#write()
    }
    return session
  }

  /** Valid sessions, the newest first. */
  list(): readonly Session[] {
    const now = this.#now()
    return [...this.#sessions.values()]
      .filter(({ expiresAt }) => expiresAt > now)
      .toSorted((a, b) => b.createdAt - a.createdAt)
  }

  /** Ends the sessions for which `isEnded` is true, and returns how many. */
  end(isEnded: (session: Session) => boolean): number {
    const ended = this.list().filter(isEnded)
    this.#drop(ended)
    if (ended.length > 0) this.#write()
    return ended.length
  }

  /**
   * Calls `close` when the session is ended, so that no stream of it goes on.
   * @returns a function that stops this
   */
  whenEnded({ id }: Session, close: () => void): () => void {
    const open = this.#open.get(id) ?? new Set()
    this.#open.set(id, open.add(close))
    return () => {
      open.delete(close)
      if (open.size === 0) this.#open.delete(id)
    }
  }

  #drop(sessions: readonly Session[]): void {
    for (const { id, hash } of sessions) {
      this.#sessions.delete(hash)
      for (const close of this.#open.get(id) ?? []) close()
      this.#open.delete(id)
    }
  }

  #markOf(password: string | undefined): string {
    return createHmac('sha256', this.#options.key)
      .update(password ?? '')
      .digest('base64url')
  }

  #read(): z.infer<typeof fileSchema> | undefined {
    try {
      return fileSchema.parse(JSON.parse(readFileSync(this.#options.file, 'utf8')))
    } catch (error) {
      const isNew = (error as NodeJS.ErrnoException).code === 'ENOENT'
      if (!isNew)
        this.#options.logger.warn('cannot read the sessions; every session was ended', { err: error })
      return undefined
    }
  }

  /** A session that could not be stored lasts until the assistant stops. */
  #write(): void {
    const { file, logger } = this.#options
    try {
      const content = { password: this.#mark, sessions: this.list() }
      replaceFileSync(file, JSON.stringify(content), { mode: 0o600, makesFolder: true })
    } catch (error) {
      logger.warn('cannot store the sessions', { err: error })
    }
  }
}

function hashOf(cookie: string): string {
  return createHash('sha256').update(cookie).digest('base64url')
}
