import { expect, test } from 'vitest'
import { readMigration } from './chat-migration.ts'

test('both service messages of a migration say the same', () => {
  const migration = { from: -5, to: -1005 }
  expect(readMigration({ update_id: 1, message: { chat: { id: -5 }, migrate_to_chat_id: -1005 } })).toEqual(
    migration,
  )
  expect(readMigration({ update_id: 2, message: { chat: { id: -1005 }, migrate_from_chat_id: -5 } })).toEqual(
    migration,
  )
})

test.each([
  [undefined],
  [{ message: { chat: { id: -5 } } }],
  [{ message: { chat: { id: -5 }, migrate_to_chat_id: 'x' } }],
])('%j is none', (raw) => {
  expect(readMigration(raw)).toBeUndefined()
})
