import { expect, test } from 'vitest'
import { readReminder, ReminderError } from './parse-reminder.ts'

const OPTIONS = { now: new Date('2026-11-22T12:00:00Z'), zone: 'Europe/Berlin', defaultHour: 9 }

/** The outcome: `read`, `asks` for the time, or the class of the error. */
function readOrRefuse(text: string, language: string): string {
  try {
    return readReminder(text, { ...OPTIONS, language }).when ? 'read' : 'asks'
  } catch (error) {
    return error instanceof ReminderError ? 'ReminderError' : String(error)
  }
}

// on its own, chrono takes between one second and half a minute for each of them
test.each([
  ['es', 'years \t half\n'],
  ['fr', '10 minutes \t 12'],
  ['nl', '1h '],
  ['ja', 'a day \t'],
])('a text that was written to be thought about for ever is read in little time (%s)', (language, unit) => {
  const text = unit.repeat(1_000).slice(0, 999)
  const before = process.cpuUsage()
  const outcome = readOrRefuse(text, language)
  expect(process.cpuUsage(before).user).toBeLessThan(8_000_000)
  expect(outcome).toMatch(/^(?:read|asks|ReminderError)$/)
})

test('in a long text, a date is found at its beginning and at its end', () => {
  const words = 'a word '.repeat(60).trim()
  const due = '2026-11-23T08:00:00.000Z'
  const first = readReminder(`tomorrow at 9 to read ${words}`, OPTIONS)
  expect([first.when?.due.toISOString(), first.what]).toEqual([due, `read ${words}`])
  const last = readReminder(`read ${words} tomorrow at 9`, OPTIONS)
  expect([last.when?.due.toISOString(), last.what]).toEqual([due, `read ${words}`])
  expect(readReminder(`${words} tomorrow at 9 ${words}`, OPTIONS).when).toBeUndefined()
})

test.each<[what: string, text: string, outcome?: string]>([
  ['nothing', ''],
  ['bytes that are none', '\u0000\u0000', 'asks'],
  ['half a character', '\ud800 tomorrow', 'read'],
  ['a text turned around', '\u202Etomorrow\u202C', 'read'],
  ['digits of another script', '٢٠٢٧-٠١-٠٥', 'read'],
  ['a year without end', `${'9'.repeat(900)}-01-05`, 'asks'],
  ['a number without end', `in ${'9'.repeat(900)} minutes tea`, 'asks'],
  ['a day that does not exist', '2027-02-31 10:00'],
])(
  '%s gives a moment to come, a question, or is refused in words',
  (_what, text, outcome = 'ReminderError') => {
    expect(readOrRefuse(text, 'en')).toBe(outcome)
  },
)
