import { describe, expect, test } from 'vitest'
import type { ScheduledRun } from '@pluggram/sdk'
import { createMemoryScheduleStore } from '@pluggram/storage/contracts'
import type { ScheduleStore } from '@pluggram/storage/contracts'
import { Scheduler } from './scheduler.ts'
import { TestClock } from './test-clock.ts'
import { collect, Instance, useScheduleFolder } from './test-instance.ts'

const DAY = 86_400
const HOUR = 3_600

useScheduleFolder()

test('an interval runs after each interval, and ends with the plugin', async () => {
  const one = new Instance(new TestClock('2026-11-22T12:00:00Z'))
  const runs: string[] = []
  await one.service.every({ seconds: 90 }, collect(runs))
  await one.clock.pass(200)
  expect(runs).toEqual(['2026-11-22 12:01', '2026-11-22 12:03'])
  expect(await one.service.list()).toMatchObject([{ when: 'every 90 s', isDurable: false, isPaused: false }])
  for (const dispose of one.disposers) await dispose()
  await one.clock.pass(HOUR)
  expect(runs).toHaveLength(2)
  expect(await one.service.list()).toEqual([])
})

test('options count before the handler and behind it', async () => {
  const { service } = new Instance(new TestClock('2026-11-22T12:00:00Z'))
  const noon = new Date('2026-11-23T12:00:00Z')
  const handler = (): void => {}
  await service.every({ seconds: 90, jitterSeconds: 0 }, handler, { name: 'a' })
  await service.cron('0 9 * * *', { name: 'b', timeZone: 'Europe/Berlin' }, handler)
  await service.cron('0 9 * * *', handler, { name: 'c', timeZone: 'Europe/Berlin' })
  await service.at(noon, handler, { name: 'd', data: 7 })
  const schedules = (await service.list()).map(({ name, when, data }) => [name, when, data])
  expect(schedules.toSorted()).toEqual([
    ['a', 'every 90 s', undefined],
    ['b', '0 9 * * * (Europe/Berlin)', undefined],
    ['c', '0 9 * * * (Europe/Berlin)', undefined],
    ['d', 'at 2026-11-23T12:00:00.000Z', 7],
  ])
})

describe('a single date', () => {
  test('runs once with its data, also when the same is asked for again', async () => {
    const clock = new TestClock('2026-11-22T12:00:00Z')
    const runs: ScheduledRun[] = []
    for (let start = 0; start < 3; start += 1) {
      const instance = new Instance(clock)
      const options = { name: 'tea', data: { chat: 7 } }
      await instance.service.at(new Date('2026-11-22T12:01:00Z'), options, (run) => runs.push(run))
      await clock.pass(50)
      await instance.end()
    }
    expect(runs).toMatchObject([{ slot: 'tea@2026-11-22T12:01:00.000Z', data: { chat: 7 } }])
  })

  test('that passed while the assistant was off is caught up', async () => {
    const clock = new TestClock('2026-11-22T12:00:00Z')
    const first = new Instance(clock)
    const tasks = [{ name: 'deliver' }]
    await first.scheduler.declare('notes', tasks, async () => {})
    await first.service.at(new Date('2026-11-22T12:01:00Z'), { name: 'tea' }, 'deliver')
    await first.end()
    clock.set(DAY)
    const second = new Instance(clock)
    const runs: ScheduledRun[] = []
    await second.scheduler.declare('notes', tasks, async (_task, run) => void runs.push(run))
    await clock.pass(1)
    expect(runs).toMatchObject([{ name: 'tea', isCatchUp: true }])
  })
})

describe('a manifest', () => {
  test('keeps its schedules across starts, and loses those that it no longer has', async () => {
    const clock = new TestClock('2026-11-22T12:00:00Z')
    const one = new Instance(clock)
    const runs: string[] = []
    const run = async (task: string): Promise<void> => void runs.push(task)
    await one.scheduler.declare(
      'notes',
      [
        { name: 'tidy', everySeconds: 60 },
        { name: 'sum', cron: '5 * * * *', timeZone: 'UTC' },
      ],
      run,
    )
    await clock.pass(301)
    expect(runs.toSorted()).toEqual(['sum', ...Array(5).fill('tidy')])
    one.scheduler.withdraw('notes')
    await clock.pass(600)
    expect(runs).toHaveLength(6)
    await one.scheduler.declare('notes', [{ name: 'sum', cron: '5 * * * *', timeZone: 'UTC' }], run)
    expect((await one.service.list()).map(({ name }) => name)).toEqual(['sum'])
  })

  test('that cannot be kept is reported, and the rest of it works', async () => {
    const one = new Instance(new TestClock('2026-11-22T12:00:00Z'))
    const runs: string[] = []
    await one.scheduler.declare(
      'notes',
      [
        { name: 'broken', cron: 'whenever' },
        { name: 'tidy', everySeconds: 5 },
      ],
      async (task) => void runs.push(task),
    )
    await one.clock.pass(6)
    expect(one.errors).toMatchObject([{ code: 'schedule-invalid' }])
    expect(runs).toEqual(['tidy'])
  })
})

test('a paused schedule waits; what passed meanwhile is left out', async () => {
  const one = new Instance(new TestClock('2026-11-22T08:00:00Z'))
  const runs: string[] = []
  const options = { timeZone: 'UTC', name: 'morning', missed: 'all' } as const
  await one.service.cron('0 9 * * *', options, collect(runs))
  expect(await one.service.pause('morning')).toBe(true)
  await one.clock.pass(2 * DAY)
  expect(await one.service.list()).toMatchObject([{ name: 'morning', isPaused: true }])
  expect(await one.service.resume('morning')).toBe(true)
  await one.clock.pass(DAY)
  expect(runs).toEqual(['2026-11-24 09:00'])
  expect(await one.service.pause('unknown')).toBe(false)
})

test('a pause outlives a restart, and so does its end', async () => {
  const clock = new TestClock('2026-11-22T08:00:00Z')
  const runs: string[] = []
  const start = async (): Promise<Instance> => {
    const instance = new Instance(clock)
    const options = { timeZone: 'UTC', name: 'morning', missed: 'skip' } as const
    await instance.service.cron('0 9 * * *', options, collect(runs))
    return instance
  }
  const first = await start()
  await first.service.pause('morning')
  await first.end()
  const second = await start()
  expect(await second.service.list()).toMatchObject([{ name: 'morning', isPaused: true }])
  await clock.pass(2 * DAY)
  expect(runs).toEqual([])
  await second.service.resume('morning')
  await second.end()
  await start()
  await clock.pass(DAY)
  expect(runs).toEqual(['2026-11-24 09:00'])
})

test('runNow runs at once and leaves the slots alone; cancel ends a schedule for good', async () => {
  const one = new Instance(new TestClock('2026-11-22T12:00:00Z'))
  const runs: ScheduledRun[] = []
  await one.service.every({ seconds: 60, name: 'beat' }, (run) => runs.push(run))
  await one.clock.pass(10)
  expect(await one.service.runNow('beat')).toBe(true)
  await one.clock.pass(55)
  expect(runs).toHaveLength(2)
  expect(await one.service.cancel('beat')).toBe(true)
  await one.clock.pass(HOUR)
  expect(runs).toHaveLength(2)
  expect(await one.service.list()).toEqual([])
})

test('jitter delays each slot by a part of it, the same after a restart', async () => {
  const delays = async (): Promise<number[]> => {
    const clock = new TestClock('2026-11-22T12:00:00Z')
    const instance = new Instance(clock, createMemoryScheduleStore())
    const found: number[] = []
    await instance.service.cron('* * * * *', { name: 'minute', jitterSeconds: 30 }, ({ scheduledFor }) => {
      found.push(clock.now() - scheduledFor.getTime())
    })
    await clock.pass(600)
    return found
  }
  const [first, second] = [await delays(), await delays()]
  expect(first).toEqual(second)
  expect(new Set(first).size).toBeGreaterThan(5)
  expect(Math.max(...first)).toBeLessThanOrEqual(30_000)
})

test('runs of one schedule do not overlap, and a run that does not end is given up', async () => {
  const one = new Instance(new TestClock('2026-11-22T12:00:00Z'))
  let [running, most, started] = [0, 0, 0]
  const signals: AbortSignal[] = []
  await one.service.every({ seconds: 5, timeoutSeconds: 12 }, async ({ signal }) => {
    signals.push(signal)
    running += 1
    started += 1
    most = Math.max(most, running)
    await new Promise<void>((resolve) => {
      if (started === 2) signal.addEventListener('abort', () => resolve())
    })
    running -= 1
  })
  await one.clock.pass(20)
  expect(signals[0]?.aborted).toBe(true)
  await one.clock.pass(20)
  expect(started).toBe(3)
  expect(one.errors).toMatchObject([
    { code: 'plugin-timeout', message: expect.stringContaining('within 12 s') },
  ])
  expect(most).toBe(2)
})

test('what a run throws is reported, and the next slot runs', async () => {
  const one = new Instance(new TestClock('2026-11-22T12:00:00Z'))
  let count = 0
  await one.service.every({ seconds: 5 }, () => {
    count += 1
    throw new Error('no luck')
  })
  await one.clock.pass(11)
  expect(count).toBe(2)
  expect(one.errors).toHaveLength(2)
})

describe('a schedule is refused', () => {
  test.each([
    [
      'an expression that cannot be read',
      { kind: 'cron', expression: 'often' },
      '"often" is not a valid cron expression',
    ],
    [
      'a time zone that does not exist',
      { kind: 'cron', expression: '0 9 * * *', timeZone: 'Mars/Base' },
      'There is no time zone "Mars/Base"',
    ],
    ['a date that never comes', { kind: 'cron', expression: '0 0 30 2 *' }, 'That schedule never comes'],
    ['an interval under a second', { kind: 'every', seconds: 0.2 }, 'An interval has 1 to'],
  ] as const)('with %s', async (_, times, message) => {
    const one = new Instance(new TestClock('2026-11-22T12:00:00Z'))
    const added =
      times.kind === 'every'
        ? one.service.every({ seconds: times.seconds }, () => {})
        : one.service.cron(
            times.expression,
            'timeZone' in times ? { timeZone: times.timeZone } : {},
            () => {},
          )
    await expect(added).rejects.toMatchObject({
      code: 'schedule-invalid',
      message: expect.stringContaining(message),
    })
  })

  test('when nobody awaits it the error is reported instead of ending the program', async () => {
    const one = new Instance(new TestClock('2026-11-22T12:00:00Z'))
    void one.service.every({ seconds: 0 }, () => {})
    await one.clock.pass(1)
    expect(one.errors).toMatchObject([{ code: 'schedule-invalid' }])
  })

  test('when its data is large or no date is given', async () => {
    const one = new Instance(new TestClock('2026-11-22T12:00:00Z'))
    await expect(one.service.every({ seconds: 5, data: 'x'.repeat(20_000) }, () => {})).rejects.toThrow(
      '16 KiB',
    )
    await expect(one.service.at(new Date(Number.NaN), () => {})).rejects.toMatchObject({
      code: 'schedule-invalid',
    })
  })
})

describe('a store that fails once', () => {
  let isBroken = false
  function failing(store: ScheduleStore, name: keyof ScheduleStore): ScheduleStore {
    const work = store[name] as (...args: unknown[]) => Promise<unknown>
    return {
      ...store,
      [name]: (...args: unknown[]) => {
        if (!isBroken) return work.apply(store, args)
        isBroken = false
        return Promise.reject(new Error('the disk is full'))
      },
    }
  }

  test.each([
    ['cannot be read', 'all'],
    ['does not say whether it changed', 'version'],
    ['cannot be read again after a slot was taken', 'find'],
    ['cannot note that a slot was taken', 'advance'],
  ] as const)('because it %s: schedules go on, none runs twice', async (_, name) => {
    const clock = new TestClock('2026-11-22T12:00:00Z')
    const store = createMemoryScheduleStore()
    const first = new Instance(clock, store)
    const beat = [{ name: 'beat', everySeconds: 60 }]
    await first.scheduler.declare('notes', beat, async () => {})
    await first.end()
    const one = new Instance(clock, failing(store, name))
    const runs: string[] = []
    const volatile: string[] = []
    await one.scheduler.declare('notes', beat, async (_task, run) => collect(runs)(run as never))
    await one.service.every({ seconds: 60 }, collect(volatile))
    isBroken = true
    await clock.pass(200)
    expect(isBroken).toBe(false)
    expect(runs).toEqual(['2026-11-22 12:01', '2026-11-22 12:02', '2026-11-22 12:03'])
    expect(volatile).toHaveLength(3)
    expect(one.errors).toMatchObject([{ message: 'the disk is full' }])
    expect(await one.scheduler.health()).toMatchObject({
      status: 'ok',
      nextDue: { plugin: 'notes', name: 'beat', at: '2026-11-22T12:04:00.000Z' },
      lastRun: { outcome: 'ok' },
    })
    await one.end()
  })

  test('and an owner who cannot be told: schedules go on', async () => {
    const clock = new TestClock('2026-11-22T12:00:00Z')
    const scheduler = new Scheduler({
      store: failing(createMemoryScheduleStore(), 'version'),
      clock,
      onError() {
        throw new Error('the log is full too')
      },
    })
    clock.waitFor(() => scheduler.whenIdle())
    const runs: string[] = []
    await scheduler.declare('notes', [{ name: 'beat', everySeconds: 60 }], async (_task, run) =>
      collect(runs)(run as never),
    )
    isBroken = true
    scheduler.start()
    await clock.pass(125)
    expect(isBroken).toBe(false)
    expect(runs).toHaveLength(2)
    await scheduler.stop()
  })
})

test('while the store hangs, schedules in memory run, and the health says what waits', async () => {
  const clock = new TestClock('2026-11-22T12:00:00Z')
  const store = createMemoryScheduleStore()
  const hung = Promise.withResolvers<void>()
  let isHung = true
  const scheduler = new Scheduler({
    store: {
      ...store,
      async advance(...args) {
        if (isHung) await hung.promise
        return store.advance(...args)
      },
    },
    clock,
    onError: () => {},
  })
  const runs: string[] = []
  const volatile: string[] = []
  await scheduler.declare('notes', [{ name: 'beat', everySeconds: 60 }], async (_task, run) =>
    collect(runs)(run as never),
  )
  scheduler.start()
  const effects = { add: () => async () => {}, list: () => [] } as never
  await scheduler.forPlugin('notes', effects).every({ seconds: 60 }, collect(volatile))
  await clock.pass(200)
  expect(volatile).toHaveLength(3)
  expect(runs).toEqual([])
  isHung = false
  hung.resolve()
  await scheduler.whenIdle()
  await clock.pass(1)
  // of what was missed behind the slot that waited, the latest runs
  expect(runs).toEqual(['2026-11-22 12:01', '2026-11-22 12:03'])
  await scheduler.stop()
})
