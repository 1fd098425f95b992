import { expect, test } from 'vitest'
import { collectText, createTestServices, runPlugin } from '@pluggram/testing'
import notes from './notes.ts'

test('keeps notes per chat, and forgets those that are older than a week', async () => {
  const services = createTestServices()
  await using plugin = await runPlugin(notes, { services })
  await plugin.send('/note buy milk')
  expect(await collectText(await plugin.send('/note'))).toBe('• buy milk')
  expect(await collectText(await plugin.send('/note', { chat: { id: 7 } }))).toBe('No notes.')
  await services.schedules.advance(9 * 86_400)
  expect(await collectText(await plugin.send('/note'))).toBe('No notes.')
})
