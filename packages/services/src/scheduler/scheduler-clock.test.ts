import { describe, expect, test } from 'vitest'
import type { ScheduledRun } from '@pluggram/sdk'
import { TestClock } from './test-clock.ts'
import { collect, Instance, slotsOf, useScheduleFolder } from './test-instance.ts'

const DAY = 86_400
const HOUR = 3_600

useScheduleFolder()

describe('a daily time in a zone', () => {
  test('that the clock leaves out in spring runs once that day, an hour later', async () => {
    const one = new Instance(new TestClock('2026-03-28T00:00:00Z'))
    const runs: string[] = []
    await one.service.cron(
      '30 2 * * *',
      { timeZone: 'Europe/Berlin', name: 'night' },
      collect(runs, 'Europe/Berlin'),
    )
    await one.clock.pass(3 * DAY)
    expect(runs).toEqual(['2026-03-28 02:30', '2026-03-29 03:00', '2026-03-30 02:30'])
  })

  test('that comes twice in autumn runs once', async () => {
    const one = new Instance(new TestClock('2026-10-24T12:00:00Z'))
    const runs: ScheduledRun[] = []
    await one.service.cron('30 2 * * *', { timeZone: 'Europe/Berlin', name: 'night' }, (run) =>
      runs.push(run),
    )
    await one.clock.pass(2 * DAY)
    expect(slotsOf(runs)).toEqual(['night@2026-10-25T00:30:00.000Z', 'night@2026-10-26T01:30:00.000Z'])
  })

  test.each([
    ['2026-03-28T22:30:00Z', 'spring'],
    ['2026-10-24T21:30:00Z', 'autumn'],
  ])('from %s: half hours go on through the change in %s without gap or double', async (start) => {
    const one = new Instance(new TestClock(start))
    const runs: ScheduledRun[] = []
    await one.service.cron('*/30 * * * *', { timeZone: 'Europe/Berlin', name: 'beat' }, (run) =>
      runs.push(run),
    )
    await one.clock.pass(6 * HOUR + 1)
    const times = runs.map(({ scheduledFor }) => scheduledFor.getTime())
    expect(times).toHaveLength(12)
    expect(times.slice(1).map((time, index) => time - (times[index] ?? 0))).toEqual(Array(11).fill(1_800_000))
  })
})

describe('slots missed while the assistant was off', () => {
  test.each([
    ['skip', []],
    ['once', ['2026-11-24 09:00']],
    ['all', ['2026-11-23 09:00', '2026-11-24 09:00']],
  ] as const)('are treated as %s says', async (missed, expected) => {
    const clock = new TestClock('2026-11-22T12:00:00Z')
    const first = new Instance(clock)
    await first.service.cron('0 9 * * *', { timeZone: 'UTC', name: 'morning', missed }, () => {})
    await first.end()
    clock.set(2 * DAY)
    const second = new Instance(clock)
    const runs: string[] = []
    await second.service.cron('0 9 * * *', { timeZone: 'UTC', name: 'morning', missed }, collect(runs))
    await clock.pass(60)
    expect(runs).toEqual(expected)
    await clock.pass(DAY)
    expect(runs).toEqual([...expected, '2026-11-25 09:00'])
  })

  test('are told from punctual ones', async () => {
    const clock = new TestClock('2026-11-22T08:00:00Z')
    const one = new Instance(clock)
    const late: boolean[] = []
    const note = ({ isCatchUp }: ScheduledRun): void => void late.push(isCatchUp)
    await one.service.cron('0 9 * * *', { timeZone: 'UTC', name: 'morning', missed: 'once' }, note)
    await clock.pass(HOUR + 1)
    clock.set(DAY + HOUR)
    await clock.pass(60)
    expect(late).toEqual([false, true])
  })

  test('of a schedule whose times were changed are forgotten', async () => {
    const clock = new TestClock('2026-11-22T12:00:00Z')
    const first = new Instance(clock)
    await first.service.cron('0 9 * * *', { timeZone: 'UTC', name: 'morning', missed: 'all' }, () => {})
    await first.end()
    clock.set(2 * DAY)
    const second = new Instance(clock)
    const runs: string[] = []
    await second.service.cron(
      '0 10 * * *',
      { timeZone: 'UTC', name: 'morning', missed: 'all' },
      collect(runs),
    )
    await clock.pass(DAY)
    expect(runs).toEqual(['2026-11-25 10:00'])
  })
})

describe('a clock that is set', () => {
  test('a day forward makes slots missed', async () => {
    const one = new Instance(new TestClock('2026-11-22T08:00:00Z'))
    const runs: string[] = []
    const options = { timeZone: 'UTC', name: 'morning', missed: 'once' } as const
    await one.service.cron('0 9 * * *', options, collect(runs))
    await one.clock.pass(2 * HOUR)
    one.clock.set(DAY)
    await one.clock.pass(DAY)
    expect(runs).toEqual(['2026-11-22 09:00', '2026-11-23 09:00', '2026-11-24 09:00'])
  })

  test('a day back runs no slot a second time', async () => {
    const one = new Instance(new TestClock('2026-11-22T08:00:00Z'))
    const runs: string[] = []
    await one.service.cron('0 9 * * *', { timeZone: 'UTC', name: 'morning', missed: 'all' }, collect(runs))
    await one.clock.pass(2 * HOUR)
    one.clock.set(-DAY)
    await one.clock.pass(3 * DAY)
    expect(runs).toEqual(['2026-11-22 09:00', '2026-11-23 09:00', '2026-11-24 09:00'])
  })

  test('a day back keeps an interval going, in slots of its own', async () => {
    const one = new Instance(new TestClock('2026-11-22T08:00:00Z'))
    const runs: ScheduledRun[] = []
    await one.service.every({ seconds: 60, name: 'beat' }, (run) => runs.push(run))
    await one.clock.pass(600)
    one.clock.set(-DAY)
    await one.clock.pass(DAY + 1_200)
    expect(runs.length).toBeGreaterThan(1_455)
    expect(new Set(slotsOf(runs)).size).toBe(runs.length)
  })

  test('day after day back runs no slot a second time either', async () => {
    const one = new Instance(new TestClock('2026-11-22T08:00:00Z'))
    const runs: ScheduledRun[] = []
    const note = (run: ScheduledRun): void => void runs.push(run)
    await one.service.cron('0 9 * * *', { timeZone: 'UTC', name: 'morning', missed: 'once' }, note)
    await one.service.every({ seconds: 7_200, name: 'beat' }, note)
    await one.clock.pass(5 * DAY)
    for (let back = 0; back < 4; back += 1) {
      one.clock.set(-DAY)
      await one.clock.pass(60)
    }
    await one.clock.pass(6 * DAY)
    expect(new Set(slotsOf(runs)).size).toBe(runs.length)
    const mornings = slotsOf(runs).filter((slot) => slot.startsWith('morning'))
    expect([mornings.length, mornings.at(-1)]).toEqual([7, 'morning@2026-11-28T09:00:00.000Z'])
  })

  test('years wrong and then right again does not silence a schedule', async () => {
    const one = new Instance(new TestClock('2026-11-22T08:00:00Z'))
    const runs: string[] = []
    await one.service.cron('0 9 * * *', { timeZone: 'UTC', name: 'morning', missed: 'once' }, collect(runs))
    one.clock.set(3_650 * DAY)
    await one.clock.pass(60)
    one.clock.set(-3_650 * DAY)
    await one.clock.pass(2 * HOUR)
    expect(runs.at(-1)).toBe('2026-11-22 09:00')
  })
})

test('two assistants over one file run each slot once between them', async () => {
  const clock = new TestClock('2026-11-22T12:00:00Z')
  const [one, two] = [new Instance(clock), new Instance(clock)]
  const runs: ScheduledRun[] = []
  for (const { service } of [one, two]) {
    await service.every({ seconds: 7, name: 'beat' }, (run) => runs.push(run))
    await service.cron('* * * * *', { timeZone: 'UTC', name: 'minute', jitterSeconds: 20 }, (run) =>
      runs.push(run),
    )
  }
  await clock.pass(2 * HOUR)
  const slots = slotsOf(runs)
  expect(new Set(slots).size).toBe(slots.length)
  expect(slots.filter((slot) => slot.startsWith('minute'))).toHaveLength(119)
  expect(slots.filter((slot) => slot.startsWith('beat')).length).toBeGreaterThan(1_020)
})

test('a restart in the middle neither loses the next slot nor repeats the last', async () => {
  const clock = new TestClock('2026-11-22T12:00:00Z')
  const runs: ScheduledRun[] = []
  for (let count = 0; count < 5; count += 1) {
    const instance = new Instance(clock)
    await instance.service.every({ seconds: 10, name: 'beat' }, (run) => runs.push(run))
    await clock.pass(33)
    await instance.end()
  }
  expect(runs).toHaveLength(16)
  expect(new Set(slotsOf(runs)).size).toBe(16)
})
