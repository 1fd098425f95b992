import type { CacheService } from '@pluggram/sdk'

/** Adds `wrap` to a cache: simultaneous calls for one key create its value once. */
export function createSingleFlight(cache: Omit<CacheService, 'wrap'>): CacheService {
  const flights = new Map<string, Promise<unknown>>()

  async function fly<T>(key: string, ...[options, create]: WrapRest<T>): Promise<T> {
    const known = await cache.get<T>(key)
    if (known !== undefined) return known
    const value = await create()
    if (value !== undefined) await cache.set(key, value, options)
    return value
  }

  return {
    get: (key) => cache.get(key),
    set: (key, value, options) => cache.set(key, value, options),
    delete: (key) => cache.delete(key),
    async wrap<T>(key: string, ...rest: WrapRest<T>): Promise<T> {
      const known = flights.get(key)
      if (known) return known as Promise<T>
      const flight = fly(key, ...rest)
      flights.set(key, flight)
      try {
        return await flight
      } finally {
        flights.delete(key)
      }
    },
  }
}

type WrapRest<T> = [options: Parameters<CacheService['wrap']>[1], create: () => T | Promise<T>]
