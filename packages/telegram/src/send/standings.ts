import type { ChatActions, ChatStanding } from '@pluggram/sdk/runtime'
import type { Api } from 'grammy'
import { toGrammySignal } from '../api/api.ts'
import { toTelegramError } from '../api/errors.ts'

export interface StandingsOptions {
  readonly api: Api
  /** Monotonic milliseconds. */
  readonly now: () => number
}

/** Shorter than it takes a person to change something and try again. */
const KEPT_MILLISECONDS = 20_000
const MAX_KEPT = 1_000
const CALL_MILLISECONDS = 10_000

interface Kept {
  readonly until: number
  readonly answer: Promise<unknown>
}

/** What accounts are in chats. */
export interface Standings extends Pick<ChatActions, 'standingIn' | 'seesAll'> {
  /** The bot's rights in a chat have changed. */
  forgetStandings(chatId: number): void
}

/** Asks Telegram what accounts may do in chats, and remembers the answers for a moment. */
export function createStandings({ api, now }: StandingsOptions): Standings {
  const kept = new Map<string, Kept>()

  /** Failures are kept too: each message of a busy group would ask again. */
  function ask<T>(key: string, call: () => Promise<T>): Promise<T> {
    const known = kept.get(key)
    if (known && known.until > now()) return known.answer as Promise<T>
    const answer = call()
    kept.delete(key)
    kept.set(key, { answer, until: now() + KEPT_MILLISECONDS })
    const [oldest] = kept.keys()
    if (kept.size > MAX_KEPT && oldest !== undefined) kept.delete(oldest)
    return answer
  }

  const me = (): ReturnType<Api['getMe']> => ask('me', () => api.getMe(limit()))

  async function statusOf(chatId: number, userId: number): Promise<ChatStanding> {
    try {
      const { status } = await api.getChatMember(chatId, userId, limit())
      if (status === 'creator' || status === 'administrator') return 'administrator'
      return status === 'left' || status === 'kicked' ? 'outside' : 'member'
    } catch (error) {
      const { refusal } = toTelegramError(error, 'getChatMember')
      // Telegram tells nothing about chats that the bot is not in
      return refusal ? 'outside' : 'unknown'
    }
  }

  async function standingIn(chatId: number, userId?: number): Promise<ChatStanding> {
    try {
      const id = userId ?? (await me()).id
      return await ask(`${chatId} ${id}`, () => statusOf(chatId, id))
    } catch {
      return 'unknown'
    }
  }

  return {
    forgetStandings(chatId) {
      for (const key of kept.keys()) if (key.startsWith(`${chatId} `)) kept.delete(key)
    },
    standingIn,
    async seesAll(chatId) {
      try {
        if ((await me()).can_read_all_group_messages) return true
      } catch {
        return true
      }
      // a warning is only for those who surely need it
      const standing = await standingIn(chatId)
      return standing === 'administrator' || standing === 'unknown'
    },
  }
}

const limit = (): ReturnType<typeof toGrammySignal> => toGrammySignal(AbortSignal.timeout(CALL_MILLISECONDS))
