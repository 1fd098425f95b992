import { describe, expect, test, vi } from 'vitest'
import { findingOf, Health } from './index.ts'
import type { Activity, ComponentHealth, HealthCheck } from './index.ts'

const receiving: ComponentHealth = {
  status: 'failed',
  problem: {
    id: 'flow.receiving',
    headline: 'Not receiving',
    what: 'No messages are received.',
    why: 'Telegram has not answered for 40 s.',
    fix: 'Retrying.',
  },
}

const ago = (seconds: number): Date => new Date(Date.now() - seconds * 1_000)

function health(
  components: Readonly<Record<string, HealthCheck['check']>>,
  activity: () => Partial<Activity> = () => ({}),
  optional: readonly string[] = [],
): Health {
  const checks = Object.entries(components).map(([name, check]) => ({
    name,
    check,
    isRequired: !optional.includes(name),
  }))
  return new Health({ checks, activity: () => ({ startedAt: ago(75), ...activity() }) })
}

describe('health', () => {
  test('is ready when every required part is ok or degraded', async () => {
    const looked = await health(
      {
        receiving: () => ({ status: 'ok' }),
        plugins: () => ({ status: 'degraded', failed: ['broken'] }),
        extra: () => ({ status: 'failed' }),
      },
      undefined,
      ['extra'],
    ).report()
    expect(looked).toMatchObject({
      status: 'ready',
      components: {
        receiving: { status: 'ok' },
        plugins: { status: 'degraded', failed: ['broken'] },
        extra: { status: 'failed' },
      },
    })
  })

  test('a part that starts, throws or hangs is not ready', async () => {
    expect((await health({ source: () => ({ status: 'starting' }) }).report()).status).toBe('not-ready')
    const throwing = health({
      source: () => {
        throw new Error('secret')
      },
    })
    expect(await throwing.report()).toMatchObject({
      status: 'not-ready',
      components: { source: { status: 'failed', reason: 'the check itself failed' } },
    })
    const hanging = health({ source: () => new Promise(() => {}) })
    expect((await hanging.report()).components.source).toMatchObject({ reason: 'no answer within 3 s' })
  })

  test('is not looked at again for whoever takes an older report', async () => {
    const check = vi.fn<() => ComponentHealth>(() => ({ status: 'ok' }))
    const looked = health({ source: check })
    await looked.report(60_000)
    await Promise.all(Array.from({ length: 50 }, () => looked.report(60_000)))
    expect(check).toHaveBeenCalledTimes(1)
    await looked.report()
    expect(check).toHaveBeenCalledTimes(2)
  })
})

describe('the sentence', () => {
  const ok = (): ComponentHealth => ({ status: 'ok' })
  test.each<[string, Parameters<typeof health>, string]>([
    ['nobody wrote yet', [{ receiving: ok }], 'Working. No message since the start 75 s ago.'],
    [
      'messages flow',
      [{ receiving: ok }, () => ({ lastMessageAt: ago(12), lastAnswerAt: ago(11) })],
      'Working. Last message 12 s ago, last answer 11 s ago.',
    ],
    [
      'nothing was answered',
      [{ receiving: ok }, () => ({ lastMessageAt: ago(7_300) })],
      'Working. Last message 2 h ago, no answer yet.',
    ],
    [
      'nothing arrives',
      [{ plugins: () => ({ status: 'failed', reason: 'x' }), receiving: () => receiving }],
      'Not receiving: Telegram has not answered for 40 s. Retrying.',
    ],
    [
      'something else fails that has no words of its own',
      [{ schedules: () => ({ status: 'failed', reason: 'the database is locked.' }) }],
      'Not well: schedules (the database is locked).',
    ],
    [
      'what is not required fails',
      [
        { receiving: ok, backup: () => ({ status: 'failed', reason: 'no key' }) },
        () => ({ lastMessageAt: ago(200_000), lastAnswerAt: ago(200_000) }),
        ['backup'],
      ],
      'Working. Last message 2 days ago, last answer 2 days ago. Not well: backup (no key).',
    ],
    ['it starts', [{ receiving: () => ({ status: 'starting' }) }], 'Starting: waiting for receiving.'],
  ])('when %s', async (_, given, sentence) => {
    expect((await health(...given).report()).summary).toBe(sentence)
  })
})

test('a component that is not well is a finding; one that is well or starts is none', () => {
  const { problem } = receiving
  expect(findingOf(receiving)).toEqual({
    id: 'flow.receiving',
    severity: 'error',
    what: 'No messages are received.',
    why: 'Telegram has not answered for 40 s.',
    fix: 'Retrying.',
  })
  expect(findingOf({ ...receiving, status: 'degraded' })).toMatchObject({ severity: 'warning' })
  expect(problem && findingOf({ status: 'ok', problem })).toBeUndefined()
  expect(findingOf({ status: 'failed' })).toBeUndefined()
})
