import { long } from '@pluggram/testing/long'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import type { MissedPolicy, ScheduledRun } from '@pluggram/sdk'
import { slotsOf as slotsOfTimes } from './schedule-times.ts'
import { TestClock } from './test-clock.ts'
import { Instance, openStore, slotsOf, useScheduleFolder } from './test-instance.ts'

const HOUR = 3_600
const DAY = 24 * HOUR

/** For more runs: `RUNS=500 npx vitest run …`. */
const RUNS = Number(process.env['RUNS'] ?? long(8, 50))

useScheduleFolder()

/** Nights with a clock change in either direction, and an ordinary one. */
const start = fc.constantFrom('2026-03-28T22:30:00Z', '2026-10-24T22:30:00Z', '2026-11-01T04:30:00Z')
const policy = fc.constantFrom<MissedPolicy>('skip', 'once', 'all')
const pass = fc.record({ kind: fc.constant('pass' as const), seconds: fc.integer({ min: 1, max: 3 * HOUR }) })
const jump = fc.record({
  kind: fc.constant('jump' as const),
  seconds: fc.oneof(fc.constantFrom(DAY, -DAY, HOUR, -HOUR), fc.integer({ min: -DAY, max: DAY })),
})
const restart = fc.record({ kind: fc.constant('restart' as const), which: fc.nat(1), off: fc.nat(3 * HOUR) })
const forward = fc.oneof({ weight: 3, arbitrary: pass }, { weight: 1, arbitrary: restart })
const anything = fc.oneof({ weight: 3, arbitrary: pass }, { weight: 2, arbitrary: jump }, restart)
type Action = typeof anything extends fc.Arbitrary<infer T> ? T : never

interface Story {
  readonly runs: ScheduledRun[]
  readonly clock: TestClock
  readonly began: number
}

const CRONS = {
  night: { expression: '30 2 * * *', timeZone: 'Europe/Berlin' },
  often: { expression: '*/20 * * * *', timeZone: 'America/New_York' },
} as const

let stories = 0

/** Runs two assistants on one file through the actions. */
async function live(from: string, missed: MissedPolicy, actions: readonly Action[]): Promise<Story> {
  stories += 1
  const file = `story${stories}`
  const clock = new TestClock(from)
  const began = clock.now()
  const runs: ScheduledRun[] = []
  const note = (run: ScheduledRun): void => void runs.push(run)
  const open = async (): Promise<Instance> => {
    const instance = new Instance(clock, openStore(file))
    for (const [name, { expression, timeZone }] of Object.entries(CRONS)) {
      const jitterSeconds = name === 'often' ? 30 : 0
      await instance.service.cron(expression, { name, timeZone, missed, jitterSeconds }, note)
    }
    await instance.service.every({ name: 'interval', seconds: 1_000, missed }, note)
    await instance.service.at(new Date(began + 5 * HOUR * 1_000), { name: 'date', missed }, note)
    return instance
  }
  const instances = [await open(), await open()]
  for (const action of actions) {
    if (action.kind === 'pass') await clock.pass(action.seconds)
    else if (action.kind === 'jump') clock.set(action.seconds)
    else {
      await instances[action.which]?.end()
      await clock.pass(action.off)
      instances[action.which] = await open()
    }
  }
  await clock.pass(120)
  for (const instance of instances) await instance.end()
  expect(instances.flatMap(({ errors }) => errors)).toEqual([])
  return { runs, clock, began }
}

test('whatever the clock does and whoever restarts, no slot runs twice and none that is none', async () => {
  await fc.assert(
    fc.asyncProperty(start, policy, fc.array(anything, { maxLength: 12 }), async (from, missed, actions) => {
      const { runs } = await live(from, missed, actions)
      const slots = slotsOf(runs)
      expect(slots).toEqual([...new Set(slots)])
      for (const { name, scheduledFor, isCatchUp } of runs) {
        expect(isCatchUp && missed === 'skip').toBe(false)
        const time = scheduledFor.getTime()
        const cron = name === 'night' || name === 'often' ? CRONS[name] : undefined
        const { after } = slotsOfTimes(
          cron ? { kind: 'cron', ...cron } : { kind: 'at', date: scheduledFor },
          0,
        )
        expect(after(time - 1_000)).toBe(time)
      }
    }),
    { numRuns: RUNS },
  )
}, 120_000)

test('while the clock is right every slot runs, over restarts and the nights in which clocks change', async () => {
  await fc.assert(
    fc.asyncProperty(start, fc.array(forward, { maxLength: 10 }), async (from, actions) => {
      const { runs, clock, began } = await live(from, 'all', actions)
      for (const [name, times] of Object.entries(CRONS)) {
        const { after, between } = slotsOfTimes({ kind: 'cron', ...times }, 0)
        const expected = between(after(began) ?? 0, clock.now() - 60_000)
        const run = runs
          .filter((item) => item.name === name)
          .map(({ scheduledFor }) => scheduledFor.getTime())
        expect(run.slice(0, expected.length)).toEqual(expected)
      }
    }),
    { numRuns: RUNS },
  )
}, 120_000)
