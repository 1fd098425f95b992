import { createMemoryStore, createTestServices, runPlugin } from '@pluggram/testing'
import type { ObservedMessage } from '@pluggram/sdk'
import { expect, test } from 'vitest'
import { Journal } from './journal.ts'
import plugin from './index.ts'
import { redact } from './redact.ts'

function observed(text: string, more: Partial<ObservedMessage> = {}): ObservedMessage {
  return {
    kind: 'message',
    chat: { id: 5, type: 'private' },
    user: { id: 7, firstName: 'Ann', isBot: false },
    message: {
      id: 1,
      text,
      entities: [],
      attachments: [],
      date: new Date(0),
      isEdited: false,
      isAddressed: true,
    },
    outcome: 'answered',
    plugin: 'dice',
    answers: [`you said ${text}`],
    seconds: 0.0123,
    ...more,
  }
}

test.each([
  ['write to ann.b@example.co.uk now', 'write to [email] now'],
  ['card 4111 1111 1111 1111', 'card [number]'],
  ['call +47 22 33 44 55 today', 'call [phone] today'],
  ['700000001:AAE2E-emulated-token-for-tests-000000', '[token]'],
  ['sk-abcdefghijklmnopqrstuvwx', '[key]'],
  ['github_pat_11ABCDEFG0123456789_x and AKIA0123456789ABCDEF', '[key] and [key]'],
  ['since 2026-11-23, told 2026-11-24 10:30', 'since 2026-11-23, told 2026-11-24 10:30'],
  ['call 2026-11-23-44', 'call [phone]'],
  ['roll 2d6 in 2026', 'roll 2d6 in 2026'],
])('%s is kept as %s', (text, kept) => {
  expect(redact(text, 500)).toBe(kept)
})

test('entries are found by words, exported in order, vanish in time and can be deleted', async () => {
  const store = createMemoryStore()
  let now = Date.parse('2026-11-22T12:00:00Z')
  const options = { retentionDays: 2, keepsText: true, maxCharacters: 20, now: () => now }
  const journal = new Journal(store, options)
  await journal.add(observed('weather in Oslo'))
  now += 1_000
  await journal.add(observed('x'.repeat(50), { user: { id: 8, firstName: 'Bob', isBot: false } }))
  expect(await journal.newest(10, 'oslo')).toEqual([
    {
      at: '2026-11-22T12:00:00.000Z',
      chat: 5,
      user: 7,
      kind: 'message',
      outcome: 'answered',
      plugin: 'dice',
      seconds: 0.012,
      text: 'weather in Oslo',
      answers: ['you said weather in …'],
    },
  ])
  expect((await journal.newest(1, ''))[0]).toMatchObject({ user: 8, text: `${'x'.repeat(20)}…` })
  expect(await journal.forget(7)).toBe(1)
  expect(await journal.newest(10, '')).toHaveLength(1)
  expect(await journal.forget()).toBe(1)
  expect(store.entries()).toEqual({})
})

test('without texts only who, when and what came of it is kept', async () => {
  const journal = new Journal(createMemoryStore(), {
    retentionDays: 1,
    keepsText: false,
    maxCharacters: 100,
    now: () => 0,
  })
  await journal.add(observed('a secret'))
  expect(JSON.stringify(await journal.newest(1, ''))).not.toContain('secret')
})

test('in a group nobody is shown what others wrote elsewhere', async () => {
  await using logging = await runPlugin(plugin, { services: createTestServices() })
  for (const command of ['/journal', '/journal export', '/journal forget all']) {
    expect(
      await logging.send(command, { role: 'owner', chat: { id: -5, type: 'group', title: 'Friends' } }),
    ).toEqual({ success: false, error: 'I only show the journal in our private chat.' })
  }
})

test('only the owner reads the journal', async () => {
  await using logging = await runPlugin(plugin, { services: createTestServices() })
  expect(await logging.send('/journal', { role: 'trusted' })).toMatchObject({ success: false })
  expect(await logging.send('/journal', { role: 'owner' })).toMatchObject({ success: true })
  expect(await logging.send('/journal export', { role: 'owner' })).toMatchObject({
    response: { media: { fileName: 'journal.jsonl' } },
  })
  expect(await logging.send('/journal forget everybody', { role: 'owner' })).toMatchObject({ success: false })
  expect(await logging.send('/journal forget all', { role: 'owner' })).toMatchObject({ success: true })
})
