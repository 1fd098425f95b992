import { StoreError } from '@pluggram/sdk'
import type { Store } from '@pluggram/sdk'

const MAX_KEY_CHARACTERS = 512
const MAX_VALUE_BYTES = 1_048_576

/** A store in memory with the limits of the real one; it reads the clock, so fake timers move its expiry. */
export interface MemoryStore extends Store {
  /** What is stored and not expired. */
  entries(): Readonly<Record<string, unknown>>
}

export function createMemoryStore(initial: Readonly<Record<string, unknown>> = {}): MemoryStore {
  const rows = new Map<string, { json: string; expires: number }>()
  const read = (key: string): string | undefined => {
    const row = rows.get(key)
    if (row && row.expires <= Date.now()) rows.delete(key)
    return rows.get(key)?.json
  }
  for (const [key, value] of Object.entries(initial)) {
    rows.set(checkKey(key), { json: toJson(key, value), expires: Number.POSITIVE_INFINITY })
  }
  return {
    async get<T>(key: string): Promise<T | undefined> {
      const json = read(checkKey(key))
      return json === undefined ? undefined : (JSON.parse(json) as T)
    },
    async set(key, value, options) {
      const ttl = options?.ttlSeconds
      const expires = ttl === undefined ? Number.POSITIVE_INFINITY : Date.now() + ttl * 1_000
      rows.set(checkKey(key), { json: toJson(key, value), expires })
    },
    async delete(key) {
      const existed = read(checkKey(key)) !== undefined
      rows.delete(key)
      return existed
    },
    entries: () =>
      Object.fromEntries(
        [...rows.keys()].flatMap((key) => {
          const json = read(key)
          return json === undefined ? [] : [[key, JSON.parse(json) as unknown]]
        }),
      ),
  }
}

function checkKey(key: string): string {
  if (typeof key === 'string' && key !== '' && key.length <= MAX_KEY_CHARACTERS) return key
  throw new StoreError(`A store's key has 1 to ${MAX_KEY_CHARACTERS} characters.`)
}

function toJson(key: string, value: unknown): string {
  let json: string | undefined
  try {
    json = JSON.stringify(value)
  } catch {
    json = undefined
  }
  if (json === undefined) throw new StoreError(`The value of "${key}" cannot be written as JSON.`)
  if (Buffer.byteLength(json) > MAX_VALUE_BYTES) throw new StoreError(`The value of "${key}" is over 1 MiB.`)
  return json
}
