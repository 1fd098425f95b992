import { expect, test } from 'vitest'
import { z } from '@pluggram/sdk'
import { validateConfig } from './validate-config.ts'

const byTable = z.strictObject({ note: z.string(), table: z.string(), limit: z.int().default(5) })
const byQuery = z.strictObject({ note: z.string(), query: z.string() })
const schema = z.object({
  lookups: z.record(z.string(), z.union([byQuery, byTable])).default({}),
  hosts: z.array(z.union([z.ipv4(), z.ipv6()])).default([]),
  mode: z.union([z.literal('off'), z.object({ key: z.string() })]).default('off'),
})

async function issuesOf(block: Record<string, never> | object) {
  const { issues = [] } = await validateConfig(schema, block as never)
  return issues.map(({ path, message, isMissing, keys }) => ({
    at: path.join('.'),
    ...(isMissing ? { isMissing } : { message }),
    ...(keys && { keys }),
  }))
}

test('of alternatives, the one that fits best says what is wrong', async () => {
  expect(await issuesOf({ lookups: { a: { table: 'people' }, b: { query: 1, note: 'x' } } })).toEqual([
    { at: 'lookups.a.note', isMissing: true },
    { at: 'lookups.b.query', message: 'Invalid input: expected string, received number' },
  ])
})

test('a key that no alternative knows is named', async () => {
  expect(await issuesOf({ lookups: { a: { note: 'x', table: 'people', colour: 1 } } })).toMatchObject([
    { at: 'lookups.a', keys: ['colour'] },
  ])
})

test('where nothing fits in kind, every alternative says what it expects', async () => {
  expect(await issuesOf({ hosts: ['here'], mode: 7 })).toEqual([
    { at: 'hosts.0', message: 'Invalid IPv4 address; or: Invalid IPv6 address' },
    {
      at: 'mode',
      message: 'Invalid input: expected "off"; or: Invalid input: expected object, received number',
    },
  ])
})
