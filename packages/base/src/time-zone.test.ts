import { execFileSync } from 'node:child_process'
import { expect, test } from 'vitest'
import { allTimeZones, findTimeZone } from './time-zone.ts'

test.each([
  ['europe/berlin', 'Europe/Berlin'],
  ['Asia/Calcutta', 'Asia/Kolkata'],
  ['Asia/Kolkata', 'Asia/Kolkata'],
  ['asia/katmandu', 'Asia/Kathmandu'],
  ['Europe/Kiev', 'Europe/Kyiv'],
  ['US/Pacific', 'America/Los_Angeles'],
  ['Pacific/Apia', 'Pacific/Apia'],
  ['America/St_Johns', 'America/St_Johns'],
  ['Buenos_Aires', undefined],
  ['+05:30', '+05:30'],
  ['UTC', 'UTC'],
  ['Mars/Base', undefined],
  ['../../etc/passwd', undefined],
  ['', undefined],
])('the zone %s is called %s', (name, zone) => {
  expect(findTimeZone(name)).toBe(zone)
})

test('each zone of the world has a name that is found again', () => {
  const zones = allTimeZones()
  expect(zones.length).toBeGreaterThan(400)
  expect(zones.filter((zone) => findTimeZone(zone) !== zone)).toEqual([])
})

test.each([
  ['Asia/Calcutta', 'Asia/Kolkata'],
  [':/etc/localtime', 'UTC'],
  ['Mars/Base', 'UTC'],
  ['', 'UTC'],
])('with TZ=%s this machine is in %s', (TZ, zone) => {
  const module = new URL('time-zone.ts', import.meta.url).href
  const code = `import(${JSON.stringify(module)}).then((found) => process.stdout.write(found.machineTimeZone()))`
  expect(execFileSync(process.execPath, ['-e', code], { env: { TZ }, encoding: 'utf8' })).toBe(zone)
})
