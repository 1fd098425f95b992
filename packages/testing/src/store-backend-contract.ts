import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import type { StoreBackend } from '@pluggram/sdk/runtime'
import { createStore } from '@pluggram/services'

export interface StoresUnderTest {
  forPlugin(name: string): StoreBackend
  close(): Promise<void> | void
}

/** The contract of every backend that stores plugins' values. */
export function storeBackendContract(
  title: string,
  create: (options: { now: () => number }) => StoresUnderTest,
): void {
  let now = 1_000
  const stores = (): StoresUnderTest & AsyncDisposable => {
    now = 1_000
    const made = create({ now: () => now })
    return { ...made, [Symbol.asyncDispose]: async () => made.close() }
  }

  describe(`a plugin store ${title}`, () => {
    test('gives back any JSON it was given', async () => {
      await using all = stores()
      const store = createStore(all.forPlugin('notes'), { now: () => now })
      // oxlint-disable-next-line no-control-regex -- keys hold none
      const keys = fc.string({ minLength: 1, maxLength: 80 }).filter((key) => !/[\u0000-\u001f]/.test(key))
      await fc.assert(
        fc.asyncProperty(keys, fc.jsonValue(), async (key, value) => {
          await store.set(key, value)
          expect(await store.get(key)).toEqual(JSON.parse(JSON.stringify(value)))
        }),
        { numRuns: 50 },
      )
    })

    test('shows no plugin what another one keeps', async () => {
      await using all = stores()
      const [a, b] = [createStore(all.forPlugin('a')), createStore(all.forPlugin('b'))]
      await a.set('key', 'of a')
      expect(await b.get('key')).toBeUndefined()
      expect(await b.delete('key')).toBe(false)
      expect(await b.list()).toEqual([])
      expect(await a.delete('key')).toBe(true)
      expect(await a.get('key')).toBeUndefined()
    })

    test('forgets values after their time, which an update does not put off by itself', async () => {
      await using all = stores()
      const store = createStore(all.forPlugin('a'), { now: () => now })
      await store.set('short', 1, { ttlSeconds: 10 })
      await store.set('long', 1, { ttlSeconds: 10 })
      now += 9_000
      expect(await store.update<number>('short', (n = 0) => n + 1)).toBe(2)
      expect(await store.update<number>('long', (n = 0) => n + 1, { ttlSeconds: 10 })).toBe(2)
      now += 1_000
      expect(await store.get('short')).toBeUndefined()
      expect(await store.delete('short')).toBe(false)
      expect(await store.list()).toEqual(['long'])
      expect(await store.update<number>('short', (n = 40) => n + 1)).toBe(41)
      now += 100_000
      expect(await store.get('short')).toBe(41)
    })

    test('changes a value in one step, however many change it', async () => {
      await using all = stores()
      const store = createStore(all.forPlugin('a'))
      const slow = async (n = 0): Promise<number> => {
        await Promise.resolve()
        return n + 1
      }
      await Promise.all(
        Array.from({ length: 100 }, (_, index) =>
          store.update<number>('n', index % 2 === 0 ? slow : (n = 0) => n + 1),
        ),
      )
      expect(await store.get('n')).toBe(100)
      await Promise.all([store.update('n', slow), store.set('n', 5)])
      expect(await store.get('n')).toBe(5)
      await expect(
        store.update('n', () => {
          throw new Error('changed my mind')
        }),
      ).rejects.toThrow('changed my mind')
      expect(await store.update('n', () => undefined)).toBeUndefined()
      expect(await store.get('n')).toBeUndefined()
    })

    test('gives up a change that hangs, and lets others at the key', async () => {
      await using all = stores()
      const store = createStore(all.forPlugin('a'), { changeSeconds: 0.01 })
      const hanging = store.update('n', () => new Promise(() => {}))
      const next = store.update('n', () => 1)
      await expect(hanging).rejects.toMatchObject({ code: 'store-limit' })
      expect(await next).toBe(1)
    })

    test('lists keys in order, by prefix and page by page', async () => {
      await using all = stores()
      const store = createStore(all.forPlugin('a'))
      for (const key of ['b:2', 'a', 'b:1', 'c', 'b:3', 'b%']) await store.set(key, 1)
      expect(await store.list('b:')).toEqual(['b:1', 'b:2', 'b:3'])
      expect(await store.list('b:', { limit: 2 })).toEqual(['b:1', 'b:2'])
      expect(await store.list('b:', { limit: 2, after: 'b:2' })).toEqual(['b:3'])
      expect(await store.list()).toEqual(['a', 'b%', 'b:1', 'b:2', 'b:3', 'c'])
    })

    test("keeps each chat's keys for itself", async () => {
      await using all = stores()
      const store = createStore(all.forPlugin('a'))
      const [ten, group] = [store.forChat(10), store.forChat(-100)]
      await store.set('key', 'all')
      await ten.set('key', 'ten')
      await group.set('key', 'group')
      expect([await store.get('key'), await ten.get('key'), await group.get('key')]).toEqual([
        'all',
        'ten',
        'group',
      ])
      expect(await store.list()).toEqual(['key'])
      expect(await ten.list()).toEqual(['key'])
      expect(await store.forChat(1).list()).toEqual([])
      expect(await ten.forChat(-100).get('key')).toBe('group')
    })

    test('has separate stores that make room by themselves', async () => {
      await using all = stores()
      const store = createStore(all.forPlugin('a'))
      const [one, two] = [store.rolling('one'), store.rolling('two')]
      await store.set('key', 'own')
      await one.set('key', 1)
      await two.forChat(5).set('key', 2)
      expect(await Promise.all([store.get('key'), one.get('key'), two.get('key')])).toEqual([
        'own',
        1,
        undefined,
      ])
      expect(await two.forChat(5).list()).toEqual(['key'])
      expect(await createStore(all.forPlugin('b')).rolling('one').list()).toEqual([])
      expect(await createStore(all.forPlugin('a')).rolling('one').get('key')).toBe(1)
      expect(() => store.rolling('One')).toThrow('lower case')
      expect(() => one.rolling('two')).toThrow('no rolling stores')
      for (const name of ['three', 'four']) store.rolling(name)
      expect(() => store.rolling('five')).toThrow('4 rolling stores')
    })

    test('refuses what it cannot keep, and says why', async () => {
      await using all = stores()
      const store = createStore(all.forPlugin('a'))
      const circle: Record<string, unknown> = {}
      circle.self = circle
      await expect(store.set('', 1)).rejects.toThrow(/1 to 512/)
      await expect(store.set('x'.repeat(513), 1)).rejects.toThrow(/1 to 512/)
      await expect(store.set('\u000110\u0001key', 1)).rejects.toThrow(/control characters/)
      await expect(store.set('k', circle)).rejects.toThrow(/cannot be stored as JSON/)
      await expect(store.set('k', undefined)).rejects.toThrow(/Use delete/)
      await expect(store.set('k', 'x'.repeat(1_048_576))).rejects.toThrow(/1 MiB/)
      await expect(store.set('k', 1, { ttlSeconds: -1 })).rejects.toMatchObject({ code: 'store-limit' })
      expect(() => store.forChat(1.5)).toThrow('whole number')
    })
  })
}
