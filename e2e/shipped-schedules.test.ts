import { afterEach, expect, test } from 'vitest'
import { logIn, startAssistant } from './support/assistant.ts'
import { ask, createPerson } from './support/emulator.ts'
import { createHome, removeHomes } from './support/home.ts'
import { stopAllPrograms } from './support/program.ts'

afterEach(async () => {
  await stopAllPrograms()
  await removeHomes()
})

test('reminders, jobs and lookups answer in a home that switches them on', async () => {
  const home = await createHome({
    'config.json': {
      databases: { own: { url: 'sqlite:///dev/null' } },
      plugins: {
        scheduled_task: { jobs: { tea: { every: 'day 9:00', chats: [1], message: 'tea' } } },
        database: { lookups: { one: { database: 'own', description: 'One', query: 'SELECT 1 AS one' } } },
      },
    },
    'plugins_config.json': { enabled_plugins: { reminders: true, scheduled_task: true, database: true } },
  })
  const assistant = await startAssistant(home)
  const driver = await logIn(assistant)
  const ada = await createPerson(driver)
  const say = async (text: string): Promise<string> => (await ask(driver, ada, text)).join()
  expect(await say('remind me tomorrow at 9 to drink tea')).toMatch(/^OK, on .*: drink tea$/)
  expect(await say('/reminders')).toContain('drink tea')
  expect(await say('/one')).toBe('one: 1')
  expect(await assistant.stop()).toBe(0)
})
