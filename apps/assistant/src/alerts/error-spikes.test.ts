import { expect, test } from 'vitest'
import { ErrorSpikes } from './error-spikes.ts'

const SECOND = 1_000
const MINUTE = 60 * SECOND

/** A plugin whose errors are counted, and a clock. */
function watch(usual?: ConstructorParameters<typeof ErrorSpikes>[1]) {
  const totals = new Map<string, number>()
  let now = 0
  const spikes = new ErrorSpikes(totals, usual, () => now)
  const fail = (times: number): void => void totals.set('weather', (totals.get('weather') ?? 0) + times)
  return {
    spikes,
    fail,
    /** Lets time pass, with a look every 5 s. */
    pass(milliseconds: number, failEachMinute = 0) {
      for (const end = now + milliseconds; now < end;) {
        now += 5 * SECOND
        if (failEachMinute > 0 && now % MINUTE === 0) fail(failEachMinute)
        spikes.check()
      }
    },
  }
}

test('ten errors within five minutes are a spike, nine are none, and it ends when they are past', () => {
  const { spikes, fail, pass } = watch()
  pass(MINUTE)
  fail(9)
  expect(spikes.check()).toEqual([])
  fail(1)
  expect(spikes.check()).toEqual([{ plugin: 'weather', errors: 10, usual: 0, minutes: 5 }])
  pass(2 * MINUTE)
  expect(spikes.check()).toHaveLength(1)
  pass(4 * MINUTE)
  expect(spikes.check()).toEqual([])
})

test('errors spread over an hour are no spike', () => {
  const { spikes, pass } = watch()
  pass(60 * MINUTE, 1)
  expect(spikes.check()).toEqual([])
})

test('a plugin that always fails often is told only when it fails four times more', () => {
  const { spikes, fail, pass } = watch()
  pass(10 * 60 * MINUTE, 4)
  expect(Math.round(spikes.usual['weather']?.level ?? 0)).toBe(20)
  expect(spikes.check()).toEqual([])
  fail(40)
  expect(spikes.check()).toEqual([])
  fail(40)
  expect(spikes.check()).toMatchObject([{ plugin: 'weather', usual: 20 }])
})

test('the usual level is known again after a restart', () => {
  const before = watch()
  before.pass(10 * 60 * MINUTE, 4)
  const after = watch(before.spikes.usual)
  after.fail(20)
  after.pass(5 * SECOND)
  expect(after.spikes.check()).toEqual([])
  const fresh = watch()
  fresh.fail(20)
  fresh.pass(5 * SECOND)
  expect(fresh.spikes.check()).toHaveLength(1)
})
