import { expect, test, vi } from 'vitest'
import { Findings } from './findings.ts'
import type { Found, FindingsChange } from './findings.ts'
import { createSecretMask } from './secret-mask.ts'

const disk: Found = {
  id: 'storage.disk-low',
  severity: 'warning',
  what: 'The disk is nearly full.',
  why: '120 MB are free.',
  fix: 'Delete what you do not need.',
}
const poll: Found = {
  id: 'telegram.unreachable',
  severity: 'error',
  what: 'No messages arrive.',
  why: 'Telegram has not answered for 40 s.',
  fix: 'Check the network.',
}

function setUp() {
  const findings = new Findings(createSecretMask())
  const changes: string[] = []
  const ids = (list: FindingsChange['opened']) => list.map(({ id }) => id).join(' ')
  findings.onChange(({ opened, resolved }) => changes.push(`+${ids(opened)} -${ids(resolved)}`))
  return { findings, changes }
}

test('errors come first, and a finding that stays keeps its time and is told once', async () => {
  vi.useFakeTimers({ now: 0 })
  const { findings, changes } = setUp()
  let found: Found[] = [disk]
  const sources = [
    { name: 'the disk', check: () => found },
    { name: 'the flow', check: () => [poll] },
  ]
  await findings.look(sources)
  vi.setSystemTime(60_000)
  await findings.look(sources)
  expect(findings.now.map(({ id, since }) => [id, since])).toEqual([
    ['telegram.unreachable', '1970-01-01T00:00:00.000Z'],
    ['storage.disk-low', '1970-01-01T00:00:00.000Z'],
  ])
  found = []
  await findings.look(sources)
  expect(changes).toEqual(['+storage.disk-low -', '+telegram.unreachable -', '+ -storage.disk-low'])
  vi.useRealTimers()
})

test('what cannot be checked is a finding, and a secret in it is masked', async () => {
  vi.useFakeTimers()
  const mask = createSecretMask()
  mask.add(['very-secret-password'])
  const findings = new Findings(mask)
  const look = findings.look([
    { name: 'the model', check: () => new Promise<never>(() => {}) },
    {
      name: 'the database',
      check: () => {
        throw new Error('cannot open postgres://me:very-secret-password@host')
      },
    },
  ])
  await vi.advanceTimersByTimeAsync(5_000)
  await look
  const whys = findings.now.map(({ id, why }) => `${id} ${why}`).toSorted()
  expect(whys[0]).toContain('unchecked:the-database')
  expect(whys[0]).not.toContain('very-secret')
  expect(whys[1]).toBe('unchecked:the-model The check did not end within 5 s.')
  vi.useRealTimers()
})
