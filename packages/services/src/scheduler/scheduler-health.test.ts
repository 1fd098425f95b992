import { expect, test } from 'vitest'
import type { ScheduleRecord } from '@pluggram/storage/contracts'
import { SchedulerHealth } from './scheduler-health.ts'

const record = { plugin: 'notes', name: 'beat', nextSlot: 60_000 } as ScheduleRecord

test('it fails while the store fails, and until a slot or a look that is stuck goes on', () => {
  let now = 0
  const health = new SchedulerHealth(() => now)
  const status = (): string => {
    const { status: word, reason } = health.report([record])
    return reason === undefined ? word : `${word}: ${reason}`
  }
  expect(status()).toBe('ok')
  health.looked()
  expect(health.failed('written', new Error('the disk is full'))).toBe(true)
  expect(health.failed('written', new Error('the disk is full'))).toBe(false)
  expect(status()).toBe('failed: schedules cannot be written: the disk is full')
  health.succeeded('written')
  expect(status()).toBe('ok')

  health.taking(record)
  now = 50_000
  health.looked()
  expect(status()).toBe('failed: notes.beat waits for the database')
  health.took(record)
  expect(status()).toBe('ok')

  now = 100_000
  expect(status()).toBe('failed: the clock of schedules stands still')
  health.looked()
  expect(health.report([record])).toEqual({
    status: 'ok',
    nextDue: { plugin: 'notes', name: 'beat', at: '1970-01-01T00:01:00.000Z' },
  })
})
