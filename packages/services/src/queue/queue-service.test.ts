import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import type { QueueOptions } from '@pluggram/sdk'
import { createQueueService } from './queue-service.ts'

beforeEach(() => void vi.useFakeTimers())
afterEach(() => void vi.useRealTimers())

/** A job that the test ends. */
function createJob(): { run: (signal: AbortSignal) => Promise<string>; end(): void; signal?: AbortSignal } {
  const { promise, resolve } = Promise.withResolvers<string>()
  const job: ReturnType<typeof createJob> = {
    run: (signal) => {
      job.signal = signal
      return promise
    },
    end: () => resolve('done'),
  }
  return job
}

test('jobs run in order, as many at once as were asked for, and one at a time by default', async () => {
  const service = createQueueService()
  for (const [name, concurrency] of [
    ['one', 1],
    ['two', 2],
  ] as const) {
    const queue = service.create(name, concurrency === 1 ? {} : { concurrency })
    const jobs = [createJob(), createJob(), createJob()]
    const added = jobs.map(({ run }) => queue.add(run))
    expect([queue.running, queue.waiting]).toEqual([concurrency, 3 - concurrency])
    jobs[0]?.end()
    expect(await added[0]).toBe('done')
    await vi.advanceTimersByTimeAsync(0)
    expect([queue.running, queue.waiting]).toEqual([concurrency, 2 - concurrency])
    for (const job of jobs) job.end()
    await queue.whenIdle()
    expect([queue.running, queue.waiting]).toEqual([0, 0])
  }
})

test('a full queue refuses at once, and tells when there is room', async () => {
  const queue = createQueueService().create('mails', { maxWaiting: 1 })
  const [first, second] = [createJob(), createJob()]
  void queue.add(first.run)
  await queue.whenRoomy()
  void queue.add(second.run)
  await expect(queue.add(async () => 'third')).rejects.toMatchObject({
    code: 'queue-full',
    message: '1 jobs wait in the queue mails already.',
    isRetryable: true,
  })
  let isRoomy = false
  void queue.whenRoomy().then(() => (isRoomy = true))
  await vi.advanceTimersByTimeAsync(0)
  expect(isRoomy).toBe(false)
  first.end()
  await vi.advanceTimersByTimeAsync(0)
  expect(isRoomy).toBe(true)
  second.end()
  await queue.whenIdle()
})

test('a job that takes too long is aborted, and the next one has its turn', async () => {
  const queue = createQueueService().create('slow', { timeoutSeconds: 5 })
  const job = createJob()
  const added = queue.add(job.run)
  const next = queue.add(() => 'next')
  const failure = added.catch((error: unknown) => error)
  await vi.advanceTimersByTimeAsync(4_999)
  expect(job.signal?.aborted).toBe(false)
  await vi.advanceTimersByTimeAsync(1)
  expect(job.signal?.aborted).toBe(true)
  expect(await failure).toMatchObject({
    code: 'queue-timeout',
    message: 'A job of the queue slow took more than 5 s.',
  })
  expect(await next).toBe('next')
  expect(vi.getTimerCount()).toBe(0)
})

test('when the plugin stops, waiting jobs are refused and running ones aborted', async () => {
  const service = createQueueService()
  const queue = service.create('mails')
  const job = createJob()
  const outcomes = Promise.allSettled([queue.add(job.run), queue.add(() => 'never')])
  await vi.advanceTimersByTimeAsync(0)
  service.close()
  expect(await outcomes).toMatchObject([
    { status: 'rejected', reason: { code: 'queue-timeout' } },
    { status: 'rejected', reason: { code: 'queue-timeout', isRetryable: false } },
  ])
  expect(job.signal?.aborted).toBe(true)
  await expect(queue.add(() => 'later')).rejects.toMatchObject({ code: 'queue-timeout' })
  expect(() => service.create('other')).toThrow('The plugin stopped')
  expect(service.create('mails')).toBe(queue)
  expect(vi.getTimerCount()).toBe(0)
})

test('a plugin has twenty queues and no more; the same name is the same queue', () => {
  const service = createQueueService()
  const queues = Array.from({ length: 20 }, (_, index) => service.create(`queue ${index}`))
  expect(new Set(queues).size).toBe(20)
  expect(service.create('queue 7')).toBe(queues[7])
  expect(() => service.create('one more')).toThrow('A plugin has at most 20 queues.')
})

test.each<QueueOptions>([
  { concurrency: 1, maxWaiting: 0, timeoutSeconds: 3_600 },
  { concurrency: 100, maxWaiting: 10_000, timeoutSeconds: 0.1 },
])('the options %j can be used', (options) => {
  expect(createQueueService().create('bounds', options).waiting).toBe(0)
})

test.each<QueueOptions>([
  { concurrency: 0 },
  { concurrency: 101 },
  { concurrency: 1.5 },
  { maxWaiting: -1 },
  { maxWaiting: 10_001 },
  { timeoutSeconds: 0 },
  { timeoutSeconds: 3_601 },
])('the options %j are refused', (options) => {
  const create = (): unknown => createQueueService().create('bounds', options)
  expect(create).toThrow(/^Queue bounds: concurrency is 1 to 100/)
})

test('nobody waits for an idle queue, and everybody for a busy one', async () => {
  const queue = createQueueService().create('mails')
  await queue.whenIdle()
  const job = createJob()
  void queue.add(job.run)
  let isIdle = false
  void queue.whenIdle().then(() => (isIdle = true))
  await vi.advanceTimersByTimeAsync(0)
  expect(isIdle).toBe(false)
  job.end()
  await vi.advanceTimersByTimeAsync(0)
  expect(isIdle).toBe(true)
})
