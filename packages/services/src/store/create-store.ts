import { KeyLock, withinTime } from '@pluggram/base'
import { StoreError } from '@pluggram/sdk'
import type { Store } from '@pluggram/sdk'
import type { StoreBackend } from '@pluggram/sdk/runtime'
import { checkKey, checkStoreName, markOfChat } from './store-keys.ts'
import { encodeValue } from './encode-value.ts'

const MAX_LISTED = 1_000
const CHANGE_SECONDS = 10
export interface StoreOptions {
  readonly now?: () => number
  /** How long the `change` function of `update` may take, in seconds. Default 10. */
  readonly changeSeconds?: number
}

/**
 * A plugin's store: validation, JSON, and one writer per key at a time. The backend stores the
 * values.
 */
export function createStore(backend: StoreBackend, options: StoreOptions = {}): Store {
  const { now = Date.now, changeSeconds = CHANGE_SECONDS } = options
  const locks = new KeyLock()
  const rolling = new Map<string, Store>()

  function storeFor(mark: string): Store {
    const full = (key: string): string => mark + checkKey(key)
    return {
      async get<T>(key: string): Promise<T | undefined> {
        const found = await backend.read(full(key))
        return found && (JSON.parse(found.json) as T)
      },
      async set(key, value, { ttlSeconds } = {}) {
        const json = encodeValue(key, value)
        const expiresAt = expiry(ttlSeconds, now())
        await locks.run(full(key), () => backend.write(full(key), { json, expiresAt }))
      },
      async delete(key) {
        return locks.run(full(key), () => backend.remove(full(key)))
      },
      async update<T>(key: string, change: Change<T>, { ttlSeconds }: { ttlSeconds?: number } = {}) {
        const newExpiry = ttlSeconds === undefined ? undefined : expiry(ttlSeconds, now())
        return locks.run(full(key), async () => {
          const found = await backend.read(full(key))
          const current = found && (JSON.parse(found.json) as T)
          const value = await withinLimit(key, change(current), changeSeconds)
          if (value === undefined) {
            if (found) await backend.remove(full(key))
            return undefined
          }
          const json = encodeValue(key, value)
          await backend.write(full(key), { json, expiresAt: newExpiry ?? found?.expiresAt ?? null })
          return JSON.parse(json) as T
        })
      },
      async list(prefix = '', { limit = MAX_LISTED, after = '' } = {}) {
        if (prefix !== '') checkKey(prefix)
        if (after !== '') checkKey(after)
        const count = Math.min(MAX_LISTED, Math.max(1, Math.trunc(limit) || 1))
        const keys = await backend.keys(mark + prefix, mark + after, count)
        return keys.map((key) => key.slice(mark.length))
      },
      rolling(name) {
        const known = rolling.get(name)
        if (known) return known
        const made = createStore(backend.rolling(checkStoreName(name, rolling.size)), options)
        rolling.set(name, made)
        return made
      },
      forChat(chatId) {
        if (!Number.isSafeInteger(chatId))
          throw new StoreError('forChat needs the id of a chat, a whole number.')
        return storeFor(markOfChat(chatId))
      },
    }
  }
  return storeFor('')
}

type Change<T> = (current: T | undefined) => T | undefined | Promise<T | undefined>

function expiry(ttlSeconds: number | undefined, now: number): number | null {
  if (ttlSeconds === undefined) return null
  if (!Number.isFinite(ttlSeconds) || ttlSeconds <= 0) {
    throw new StoreError('ttlSeconds must be a positive number of seconds.')
  }
  return Math.ceil(now + ttlSeconds * 1_000)
}

/** Limits the time of a change, so that one that hangs does not lock its key forever. */
async function withinLimit<T>(key: string, work: T | Promise<T>, seconds: number): Promise<T> {
  if (!(work instanceof Promise)) return work
  return withinTime(work, seconds * 1_000, () => {
    throw new StoreError(`The change of "${key}" took more than ${seconds} s and was given up.`)
  })
}
