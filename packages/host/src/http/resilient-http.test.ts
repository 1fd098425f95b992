import { describe, expect, test } from 'vitest'
import { PermissionError, PluggramError } from '@pluggram/sdk'
import { HostCircuits } from './host-circuits.ts'
import { createResilientHttp } from './resilient-http.ts'
import type { RequestOutcome, ResilientHttpOptions } from './resilient-http.ts'

type Answer = () => Response | Promise<Response>

function client(answer: Answer, options: Partial<ResilientHttpOptions> = {}) {
  const asked: Request[] = []
  const outcomes: RequestOutcome[] = []
  const http = createResilientHttp({
    client: {
      async fetch(input, init) {
        asked.push(new Request(input, init))
        return answer()
      },
    },
    onOutcome: (outcome) => outcomes.push(outcome),
    ...options,
  })
  return { http, asked, outcomes }
}

const broken = (): never => {
  throw new PluggramError('network-failed', 'api.example.com did not answer: ECONNREFUSED.')
}

describe('a circuit', () => {
  function circuits() {
    let time = 0
    const made = new HostCircuits({ failures: 3, openMs: 1_000, now: () => time })
    const run = (send: Answer, host = 'a') =>
      made.run(host, new AbortController().signal, async () => send()).catch((error: unknown) => error)
    return { run, pass: (milliseconds: number) => (time += milliseconds) }
  }
  const ok: Answer = () => new Response('ok')
  const failing: Answer = () => new Response('', { status: 503 })

  test('opens after failures in a row, and leaves other hosts alone', async () => {
    const { run } = circuits()
    for (let count = 0; count < 3; count += 1) await run(broken)
    expect(await run(ok)).toMatchObject({ code: 'network-open', isRetryable: true, retryAfterSeconds: 1 })
    expect(await run(ok, 'b')).toBeInstanceOf(Response)
  })

  test('counts answers of a failing server, and forgets them after a good one', async () => {
    const { run } = circuits()
    await run(failing)
    await run(failing)
    await run(ok)
    await run(failing)
    await run(failing)
    expect(await run(ok)).toBeInstanceOf(Response)
  })

  test('lets one request through after its time: it closes, or opens for twice as long', async () => {
    const { run, pass } = circuits()
    for (let count = 0; count < 3; count += 1) await run(failing)
    pass(1_000)
    const trial = Promise.withResolvers<Response>()
    const first = run(() => trial.promise)
    expect(await run(ok)).toMatchObject({ code: 'network-open' })
    trial.resolve(new Response('', { status: 500 }))
    await first
    pass(1_999)
    expect(await run(ok)).toMatchObject({ code: 'network-open' })
    pass(1)
    expect(await run(ok)).toBeInstanceOf(Response)
    expect(await run(ok)).toBeInstanceOf(Response)
  })

  test('does not count what the plugin may not do', async () => {
    const { run } = circuits()
    for (let count = 0; count < 9; count += 1) {
      await run(() => {
        throw new PermissionError('no')
      })
    }
    expect(await run(ok)).toBeInstanceOf(Response)
  })
})

describe('limits', () => {
  test('refuse what comes too often, for each host alone', async () => {
    const { http, outcomes } = client(() => new Response('ok'), { perHost: { burst: 2, perSecond: 0.01 } })
    await http.fetch('https://a.example/')
    await http.fetch('https://a.example/')
    await expect(http.fetch('https://a.example/')).rejects.toMatchObject({
      code: 'network-limited',
      retryAfterSeconds: expect.closeTo(100, 0),
    })
    await http.fetch('https://b.example/')
    expect(outcomes).toEqual(['ok', 'ok', 'limited', 'ok'])
  })

  test('refuse more than a number of requests at once', async () => {
    const answer = Promise.withResolvers<Response>()
    const { http } = client(() => answer.promise, { maxUnderWay: 1 })
    const first = http.fetch('https://a.example/')
    await expect(http.fetch('https://a.example/2')).rejects.toMatchObject({ code: 'network-limited' })
    answer.resolve(new Response('ok'))
    expect((await first).status).toBe(200)
  })

  test('are counted by what came of each request', async () => {
    const { http, outcomes } = client(broken, { circuits: { failures: 1 } })
    await http.fetch('https://a.example/').catch(() => {})
    await http.fetch('https://a.example/').catch(() => {})
    expect(outcomes).toEqual(['failed', 'open'])
  })
})

describe('the cache of answers', () => {
  test('keeps what its headers allow, and nothing else', async () => {
    const { http, asked, outcomes } = client(
      () => new Response('fresh', { headers: { 'cache-control': 'max-age=60', 'x-own': 'kept' } }),
    )
    await http.fetch('https://a.example/')
    const second = await http.fetch('https://a.example/')
    expect(await second.text()).toBe('fresh')
    expect(second.headers.get('x-own')).toBe('kept')
    expect(asked).toHaveLength(1)
    expect(outcomes).toEqual(['ok', 'cached'])
    await http.fetch('https://a.example/', { headers: { authorization: 'Bearer other' } })
    await http.fetch('https://a.example/', { method: 'POST' })
    await http.fetch('https://a.example/', { cache: 'no-store' })
    expect(asked).toHaveLength(4)
  })

  test.each([
    ['no headers', {}],
    ['no-store', { 'cache-control': 'no-store, max-age=60' }],
    ['an end in the past', { expires: new Date(0).toUTCString() }],
  ])('asks again with %s', async (_title, headers) => {
    const { http, asked } = client(() => new Response('x', { headers }))
    await http.fetch('https://a.example/')
    await http.fetch('https://a.example/')
    expect(asked).toHaveLength(2)
  })

  test('asks whether a stale answer still holds', async () => {
    let count = 0
    const { http, asked, outcomes } = client(() => {
      count += 1
      const headers = { etag: '"1"', 'cache-control': 'no-cache' }
      return count === 1 ? new Response('body', { headers }) : new Response(null, { status: 304, headers })
    })
    await http.fetch('https://a.example/')
    const second = await http.fetch('https://a.example/')
    expect(second.status).toBe(200)
    expect(await second.text()).toBe('body')
    expect(asked[1]?.headers.get('if-none-match')).toBe('"1"')
    expect(outcomes).toEqual(['ok', 'cached'])
  })
})
