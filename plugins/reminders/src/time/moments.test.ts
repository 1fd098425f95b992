import { expect, test } from 'vitest'
import { describeDue, momentWritten } from './moments.ts'
import { readReminder } from '../parse-reminder.ts'

const SECOND = Date.UTC(2026, 10, 22, 20, 0, 0)

test.each([0, 500, 999])('what is asked for at .%i of a second never comes early', (milliseconds) => {
  const sent = SECOND + milliseconds
  for (const arrivedAfter of [0, 3, 400, 1_500, 60_000]) {
    const now = momentWritten(new Date(SECOND), sent + arrivedAfter)
    const { when } = readReminder('in 2 seconds tea', { now, zone: 'UTC', defaultHour: 9 })
    const due = when?.due.getTime() ?? 0
    expect(due).toBeGreaterThanOrEqual(Math.min(sent, SECOND + 999) + 2_000)
    expect(due).toBeLessThanOrEqual(SECOND + 999 + 2_000)
  }
})

test('a clock behind Telegram’s counts from the message', () => {
  expect(momentWritten(new Date(SECOND), SECOND - 5_000).getTime()).toBe(SECOND)
})

test.each([
  [2_000, 'in 2 seconds'],
  [1_000, 'in 1 second'],
  [90_000, 'in 1 minute and 30 seconds'],
  [1_200_000, 'in 20 minutes'],
  [3_599_000, 'in 59 minutes and 59 seconds'],
  [3_600_000, 'on Sun, 22 Nov 2026, 21:00 (UTC)'],
])('%i ms from now is “%s”', (milliseconds, words) => {
  expect(
    describeDue(new Date(SECOND + milliseconds), { now: new Date(SECOND), zone: 'UTC', defaultHour: 9 }),
  ).toBe(words)
})
