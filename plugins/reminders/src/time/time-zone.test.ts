import { expect, test } from 'vitest'
import { momentOf } from './time-zone.ts'

test.each([
  ['Europe/Berlin', [2026, 3, 29, 2, 30], '2026-03-29T01:30'],
  // an hour that comes twice is the first one
  ['Europe/Berlin', [2026, 10, 25, 2, 30], '2026-10-25T00:30'],
  ['Asia/Kathmandu', [2026, 11, 30, 9, 0], '2026-11-30T03:15'],
  ['America/St_Johns', [2026, 7, 1, 9, 0], '2026-07-01T11:30'],
  ['America/St_Johns', [2027, 3, 14, 2, 15], '2027-03-14T05:45'],
  ['Pacific/Apia', [2026, 12, 1, 0, 5], '2026-11-30T11:05'],
  ['Pacific/Kiritimati', [2027, 1, 1, 0, 0], '2026-12-31T10:00'],
  // the clocks go forward by half an hour at two
  ['Australia/Lord_Howe', [2026, 10, 4, 2, 15], '2026-10-03T15:45'],
  ['Africa/Casablanca', [2026, 2, 20, 9, 0], '2026-02-20T09:00'],
  ['+05:45', [2026, 11, 30, 9, 0], '2026-11-30T03:15'],
] as const)('in %s it is %j at %s', (zone, [year, month, day, hour, minute], moment) => {
  expect(momentOf(zone, { year, month, day, hour, minute }).toISOString().slice(0, 16)).toBe(moment)
})
