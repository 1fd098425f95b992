import { expect, test } from 'vitest'
import { parseReminder, ReminderError } from './parse-reminder.ts'

const OPTIONS = { now: new Date('2026-11-22T12:00:00Z'), zone: 'Europe/Berlin', defaultHour: 9 }

// chrono alone thinks about each of them from one second to half a minute
test.each([
  ['es', 'years \t half\n'],
  ['fr', '10 minutes \t 12'],
  ['nl', '1h '],
  ['ja', 'a day \t'],
])('a text that was written to be thought about for ever is read in little time (%s)', (language, unit) => {
  const text = unit.repeat(1_000).slice(0, 999)
  const before = process.cpuUsage()
  try {
    parseReminder(text, { ...OPTIONS, language })
  } catch (error) {
    expect(error).toBeInstanceOf(ReminderError)
  }
  expect(process.cpuUsage(before).user).toBeLessThan(8_000_000)
})

test('in a long text, a date is found at its beginning and at its end', () => {
  const words = 'a word '.repeat(60).trim()
  const due = '2026-11-23T08:00:00.000Z'
  const first = parseReminder(`tomorrow at 9 to read ${words}`, OPTIONS)
  expect([first.due.toISOString(), first.what]).toEqual([due, `read ${words}`])
  const last = parseReminder(`read ${words} tomorrow at 9`, OPTIONS)
  expect([last.due.toISOString(), last.what]).toEqual([due, `read ${words}`])
  expect(() => parseReminder(`${words} tomorrow at 9 ${words}`, OPTIONS)).toThrow('I do not see when')
})
