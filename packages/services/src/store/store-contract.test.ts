import type { Store } from '@pluggram/sdk'
import { describe, expect, test } from 'vitest'
import { acrossBorder } from '../crossing/test-border.ts'
import { createStore } from './create-store.ts'
import { MemoryStoreBackend } from './memory-store-backend.ts'

const SIDES: readonly [string, (store: Store) => Store][] = [
  ['inside the assistant', (store) => store],
  ['across the process border', (store) => acrossBorder({ store }).store],
]

describe.each(SIDES)('a store %s', (_side, open) => {
  const create = (): Store => open(createStore(new MemoryStoreBackend()))

  test('keeps JSON by key', async () => {
    const store = create()
    expect(await store.get('a')).toBeUndefined()
    await store.set('a', { list: [1, 'two'], none: null })
    expect(await store.get('a')).toEqual({ list: [1, 'two'], none: null })
    await store.set('when', new Date(0))
    expect(await store.get('when')).toBe('1970-01-01T00:00:00.000Z')
    expect(await store.delete('a')).toBe(true)
    expect(await store.delete('a')).toBe(false)
  })

  test('changes a value in one step', async () => {
    const store = create()
    const add = (): Promise<number | undefined> => store.update<number>('n', async (n = 0) => n + 1)
    await Promise.all([add(), add(), add()])
    expect(await store.get('n')).toBe(3)
    await expect(
      store.update('n', () => {
        throw new TypeError('no')
      }),
    ).rejects.toThrow('no')
    expect(await store.get('n')).toBe(3)
    expect(await store.update('n', () => undefined)).toBeUndefined()
    expect(await store.list()).toEqual([])
  })

  test('lists keys by prefix and page, and keeps chats apart', async () => {
    const store = create()
    for (const key of ['b1', 'a2', 'a1']) await store.set(key, true)
    await store.forChat(5).set('a9', 'theirs')
    expect(await store.list()).toEqual(['a1', 'a2', 'b1'])
    expect(await store.list('a', { limit: 1, after: 'a1' })).toEqual(['a2'])
    expect(await store.forChat(5).list()).toEqual(['a9'])
    expect(await store.forChat(6).get('a9')).toBeUndefined()
  })

  test('refuses what it does not take, with StoreError', async () => {
    const store = create()
    await expect(store.set('a', () => 1)).rejects.toMatchObject({ name: 'StoreError', code: 'store-limit' })
    await expect(store.get('')).rejects.toMatchObject({ code: 'store-limit' })
    await expect(store.set('a', 1, { ttlSeconds: -1 })).rejects.toMatchObject({ code: 'store-limit' })
    await expect(store.update('a', () => 'x'.repeat(1_100_000))).rejects.toMatchObject({
      code: 'store-limit',
    })
    await expect(async () => store.forChat(1.5).get('a')).rejects.toMatchObject({ code: 'store-limit' })
  })
})
