import { afterEach, expect, test } from 'vitest'
import { logIn, startAssistant } from './support/assistant.ts'
import { ask, botMessages, createPerson, write } from './support/emulator.ts'
import { createHome, removeHomes } from './support/home.ts'
import { stopAllPrograms } from './support/program.ts'

afterEach(async () => {
  await stopAllPrograms()
  await removeHomes()
})

test('the journal and the statistics of a running assistant', async () => {
  const home = await createHome({
    'plugins_config.json': {
      enabled_plugins: { dice: true, logging: true, metrics: true, ai_chatbot: false },
      grants: { logging: { observe: true }, metrics: { metrics: true } },
    },
  })
  const assistant = await startAssistant(home)
  const driver = await logIn(assistant)
  const ann = await createPerson(driver)
  await ask(driver, ann, '/roll 2d6')
  await expect
    .poll(async () => (await ask(driver, ann, '/journal'))[0])
    .toMatch(/answered by dice .*“\/roll 2d6”/)
  const before = await botMessages(driver, ann.id)
  await write(driver, ann, '/stats')
  const after = await botMessages(driver, ann.id, before.length + 1)
  expect(after.at(-1)).toMatchObject({ attachments: [{ kind: 'photo' }] })
  await assistant.stop()
})
