import type { Services } from '@pluggram/sdk'
import { SERVICES } from '@pluggram/sdk/runtime'
import type { MethodCrossing, ServiceRow } from '@pluggram/sdk/runtime'
import { describe, expect, test } from 'vitest'
import { CROSSINGS } from './crossings.ts'
import type { HostLink } from './links.ts'
import { serveServices } from './serve-services.ts'
import { acrossBorder } from './test-border.ts'

const rows = Object.entries(SERVICES) as [keyof Services, ServiceRow<Record<string, unknown>>][]
const plain = rows.filter(([name]) => !(name in CROSSINGS))
const values = plain.flatMap(([service, { methods }]) =>
  Object.entries<MethodCrossing>(methods)
    .filter(([, crossing]) => crossing === 'value')
    .map(([method]): [keyof Services, string] => [service, method]),
)
const link = {} as HostLink
const { signal } = new AbortController()

describe('the table of services', () => {
  test.each(values)('%s.%s crosses as plain data there and back', async (service, method) => {
    const asked: unknown[] = []
    const given = { [service]: { [method]: (...args: unknown[]) => asked.push(args) } }
    const remote = acrossBorder(given as Partial<Services>) as unknown as Record<
      string,
      Record<string, Function>
    >
    expect(await remote[service]?.[method]?.('a', { b: [1] }, undefined)).toBe(1)
    expect(asked).toEqual([['a', { b: [1] }, undefined]])
  })

  test.each([
    ['admin', 'plugins'],
    ['effects', 'add'],
    ['queue', 'create'],
    ['telegram', 'toString'],
    ['telegram', '__proto__'],
    ['telegram', 'secret'],
    ['__proto__', 'call'],
    ['store', 'forChat'],
    [{}, []],
  ])('a process cannot call %s.%s', (service, method) => {
    const given = {
      admin: { plugins: () => [] },
      effects: { add: () => {} },
      queue: { create: () => {} },
      telegram: { secret: () => 'told' },
      store: { forChat: () => {} },
    } as unknown as Partial<Services>
    expect(() => serveServices(given, link)(service, method, [], signal)).toThrow(/^There is no /)
  })
})
