import type { HttpService, MetricsService, ScheduleHandler, SchedulerService } from '@pluggram/sdk'
import { afterEach, expect, test, vi } from 'vitest'
import type { HostLink } from './links.ts'
import { serveServices } from './serve-services.ts'
import { acrossBorder } from './test-border.ts'

afterEach(() => vi.useRealTimers())

const { signal } = new AbortController()

test('a schedule is kept in the host, and its function runs in the process', async () => {
  const added: unknown[][] = []
  let handler: ScheduleHandler | undefined
  const scheduler = {
    async every(options: object, work: ScheduleHandler) {
      added.push(['every', options])
      handler = work
      return 'beat'
    },
    cancel: async (name: string) => name === 'beat',
    list: async () => [{ name: 'beat' }],
  } as unknown as SchedulerService
  const remote = acrossBorder({ scheduler }).scheduler
  const runs: unknown[] = []
  expect(await remote.every({ seconds: 5, name: 'beat' }, (run) => runs.push(run))).toBe('beat')
  expect(added).toEqual([['every', { seconds: 5, name: 'beat' }]])
  await handler?.({ name: 'beat', scheduledFor: new Date(0), signal } as never)
  expect(runs).toEqual([{ name: 'beat', scheduledFor: new Date(0) }])
  expect(await remote.list()).toEqual([{ name: 'beat' }])
  expect(await remote.cancel('beat')).toBe(true)
  expect(await remote.cancel('other')).toBe(false)
})

test('a schedule of a wrong shape is refused, and nothing is kept', () => {
  const every = vi.fn<() => Promise<string>>()
  const answer = serveServices({ scheduler: { every } as unknown as SchedulerService }, {} as HostLink)
  for (const args of [[], ['1', { times: {} }], [1, {}], [1, { times: [] }], [1, undefined]]) {
    expect(() => answer('scheduler', 'add', args, signal)).toThrow('wrong shape')
  }
  expect(every).not.toHaveBeenCalled()
})

test('metrics cross in batches, and what is refused leaves the others', async () => {
  vi.useFakeTimers()
  const counted: unknown[] = []
  const metrics = {
    counter(name: string) {
      if (name === 'bad') throw new Error('no more metrics')
      return { inc: (labels: object, value: number) => counted.push([name, labels, value]) }
    },
  } as unknown as MetricsService
  const remote = acrossBorder({ metrics }).metrics
  remote.counter('bad', { help: 'Refused in the host' }).inc()
  const good = remote.counter('good', { help: 'Counts', labels: ['kind'] })
  good.inc({ kind: 'a' })
  good.inc({ kind: 'a' }, 2)
  expect(counted).toEqual([])
  await vi.advanceTimersByTimeAsync(100)
  expect(counted).toEqual([['good', { kind: 'a' }, 3]])
  expect(() => remote.counter('good', { help: 'Counts', labels: ['other'] })).toThrow(/already/)
})

test('a request and its answer cross whole, with status, headers and body', async () => {
  const asked: unknown[] = []
  const http: HttpService = {
    async fetch(input, init) {
      const request = new Request(input, init)
      asked.push([request.url, request.method, request.headers.get('x-mine'), await request.text()])
      return new Response('made', { status: 201, statusText: 'Created', headers: { 'x-theirs': 'yes' } })
    },
  }
  const response = await acrossBorder({ http }).http.fetch('https://a.example/x', {
    method: 'POST',
    headers: { 'x-mine': '1' },
    body: 'hello',
  })
  expect(asked).toEqual([['https://a.example/x', 'POST', '1', 'hello']])
  expect([response.status, response.headers.get('x-theirs'), await response.text()]).toEqual([
    201,
    'yes',
    'made',
  ])
  const answer = serveServices({ http }, {} as HostLink)
  await expect(answer('http', 'fetch', [{ url: 5 }], signal)).rejects.toMatchObject({
    code: 'permission-missing',
  })
})
