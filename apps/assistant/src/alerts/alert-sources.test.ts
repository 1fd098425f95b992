import type { Finding } from '@pluggram/observability'
import { expect, test } from 'vitest'
import { alertOf } from './alert-kinds.ts'
import { budgetAlerts } from './budget-alerts.ts'
import { clockIn, isQuiet } from './quiet-hours.ts'

test('a budget is told at 50, 80 and 100 %, each once a period', () => {
  const told = (percent: number, began = '2026-11-30'): string[] =>
    budgetAlerts([{ period: 'day', began, percent }]).map(({ id, what }) => `${id} ${what}`)
  expect(told(49)).toEqual([])
  expect(told(50)).toEqual([
    'budget::day:2026-11-30:50 50 % of the budget of all together for today is used.',
  ])
  expect(told(79)).toEqual(told(50))
  expect(told(80)[0]).toContain('80 % of')
  expect(told(130)[0]).toContain('The budget of all together for today is used up.')
  expect(told(50, '2026-12-01')).not.toEqual(told(50))
  expect(budgetAlerts([{ plugin: 'feeds', period: 'month', began: '2026-11', percent: 81 }])[0]?.what).toBe(
    '80 % of the budget of the plugin feeds for this month is used.',
  )
})

test('each finding belongs to one kind, and warnings wait for doctor', () => {
  const kind = (id: Finding['id'], severity: Finding['severity'] = 'error'): string | undefined =>
    alertOf({ id, severity, what: '', why: '', fix: '', since: '2026-11-30T10:00:00Z' })?.kind
  expect(kind('plugin.parked:weather')).toBe('plugin')
  expect(kind('plugin.errors:weather')).toBe('errors')
  expect(kind('flow.receiving')).toBe('telegram')
  expect(kind('flow.sending')).toBe('telegram')
  expect(kind('storage.disk-low', 'warning')).toBe('disk')
  expect(kind('storage.damaged')).toBe('storage')
  expect(kind('model.down:auto')).toBe('model')
  // found when it is over, and mostly a plugin's doing
  expect(kind('loop.blocked', 'warning')).toBe('plugin')
  expect(kind('backup.failed')).toBe('backup')
  expect(kind('exposure.no-password')).toBe('other')
  expect(kind('plugin.crashing', 'warning')).toBeUndefined()
  expect(kind('unchecked:the-plugins', 'warning')).toBeUndefined()
})

test('quiet hours are those of a zone, and may span midnight', () => {
  const now = new Date('2026-11-30T22:30:00Z')
  expect(clockIn('UTC', now)).toEqual({ date: '2026-11-30', time: '22:30' })
  expect(clockIn('Europe/Berlin', now)).toEqual({ date: '2026-11-30', time: '23:30' })
  expect(clockIn('Asia/Kolkata', now)).toEqual({ date: '2026-12-01', time: '04:00' })
  expect(['22:59', '23:00', '03:00', '06:59', '07:00'].map((time) => isQuiet('23:00-07:00', time))).toEqual([
    false,
    true,
    true,
    true,
    false,
  ])
  expect(isQuiet('13:00-14:00', '13:30')).toBe(true)
  expect(isQuiet('13:00-14:00', '14:00')).toBe(false)
  expect(isQuiet('off', '03:00')).toBe(false)
})
