import { describe, expect, test } from 'vitest'
import { createCaches } from './cache/caches.ts'
import { createQueueService } from './queue/queue-service.ts'
import { createRateLimits } from './rate-limit/rate-limits.ts'

describe('a cache', () => {
  test('forgets in time, and the least used when it is full', async () => {
    let time = 0
    const cache = createCaches({ maxEntries: 2, now: () => time }).forPlugin('a')
    await cache.set('x', new Date(0), { ttlSeconds: 1 })
    await cache.set('y', 1)
    expect(await cache.get('x')).toEqual(new Date(0))
    await cache.set('z', 2)
    expect([await cache.get('x'), await cache.get('y')]).toEqual([new Date(0), undefined])
    time = 1_000
    expect(await cache.get('x')).toBeUndefined()
  })

  test('refuses what is too large or cannot be copied', async () => {
    const cache = createCaches().forPlugin('a')
    await expect(cache.set('k', 'x'.repeat(2_000_000))).rejects.toMatchObject({ code: 'cache-limit' })
    await expect(cache.set('k', () => 1)).rejects.toMatchObject({ code: 'cache-limit' })
    await expect(cache.set('k', 1, { ttlSeconds: 0 })).rejects.toMatchObject({ code: 'cache-limit' })
  })

  test('makes a value once, and again after a failure', async () => {
    const cache = createCaches().forPlugin('a')
    let count = 0
    const failing = async (): Promise<number> => {
      count += 1
      throw new Error('not now')
    }
    const both = [cache.wrap('k', {}, failing), cache.wrap('k', {}, failing)]
    expect((await Promise.allSettled(both)).map(({ status }) => status)).toEqual(['rejected', 'rejected'])
    expect(count).toBe(1)
    expect(await cache.wrap('k', {}, () => 7)).toBe(7)
  })
})

describe('a rate limit', () => {
  test('allows the burst, then gives back one after another', async () => {
    let time = 0
    const limit = createRateLimits({ now: () => time }).forPlugin('a')
    const rule = { points: 2, seconds: 10 }
    expect([await limit.take('k', rule), await limit.take('k', rule)]).toMatchObject([
      { isAllowed: true, remaining: 1 },
      { isAllowed: true, remaining: 0 },
    ])
    expect(await limit.take('k', rule)).toEqual({ isAllowed: false, remaining: 0, retryAfterSeconds: 5 })
    time = 5_000
    expect(await limit.take('k', rule)).toMatchObject({ isAllowed: true })
  })

  test('is not got round by very many keys', async () => {
    const limit = createRateLimits({ maxKeys: 3, now: () => 0 }).forPlugin('a')
    const rule = { points: 1, seconds: 60 }
    const states = await Promise.all([...'abcdefgh'].map((key) => limit.take(key, rule)))
    expect(states.filter(({ isAllowed }) => isAllowed)).toHaveLength(4)
  })
})

describe('a queue', () => {
  test('ends a job that takes too long, and goes on', async () => {
    const queue = createQueueService().create('q', { timeoutSeconds: 0.01 })
    const hanging = queue.add(
      (signal) => new Promise((_, reject) => signal.addEventListener('abort', reject)),
    )
    await expect(hanging).rejects.toMatchObject({ code: 'queue-timeout' })
    expect(await queue.add(() => 2)).toBe(2)
  })

  test('ends with the plugin: what waits is refused, what runs is aborted', async () => {
    const service = createQueueService()
    const queue = service.create('q')
    const jobs = [queue.add(() => new Promise(() => {})), queue.add(() => 1)]
    service.close()
    expect((await Promise.allSettled(jobs)).map(({ status }) => status)).toEqual(['rejected', 'rejected'])
    await expect(queue.add(() => 1)).rejects.toMatchObject({ code: 'queue-timeout' })
  })

  test('says when one more may wait', async () => {
    const queue = createQueueService().create('q', { maxWaiting: 0 })
    const first = Promise.withResolvers<number>()
    const running = queue.add(() => first.promise)
    await expect(queue.add(() => 2)).rejects.toMatchObject({ code: 'queue-full' })
    const roomy = queue.whenRoomy()
    first.resolve(1)
    await Promise.all([running, roomy])
    expect(await queue.add(() => 2)).toBe(2)
  })
})
