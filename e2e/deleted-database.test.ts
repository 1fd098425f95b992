import { rm } from 'node:fs/promises'
import { join } from 'node:path'
import { afterEach, expect, test } from 'vitest'
import { startAssistant } from './support/assistant.ts'
import { ask, botMessages, createPerson, startEmulator, TOKEN, write } from './support/emulator.ts'
import { removeHomes } from './support/home.ts'
import { startProgram, stopAllPrograms } from './support/program.ts'
import { createEchoHome } from './reliability/support/echo.ts'

afterEach(async () => {
  await stopAllPrograms()
  await removeHomes()
})

test('a database that is deleted under a running assistant is reported and saved, and nothing is lost', async () => {
  const home = await createEchoHome()
  const { url, driver } = await startEmulator()
  const environment = { TELEGRAM_BOT_TOKEN: TOKEN, TELEGRAM_API_ROOT: url }
  const assistant = await startAssistant(home, environment)
  const ada = await createPerson(driver)
  expect(await ask(driver, ada, 'before')).toEqual(['echo before'])
  const file = join(home, 'data', 'pluggram.db')
  for (const suffix of ['', '-wal', '-shm']) await rm(file + suffix)
  await assistant.waitFor(/"level":"error".*the database is gone/)
  const ready = await fetch(`${assistant.url}/readyz`)
  expect(ready.status).toBe(503)
  expect(await ready.text()).toContain('pluggram.db.saved')

  // what cannot be kept is not acknowledged
  await write(driver, ada, 'meanwhile')
  await assistant.waitFor(/could not store updates/)
  const info = await fetch(`${url}/bot${TOKEN}/getWebhookInfo`)
  expect(await info.json()).toMatchObject({ result: { pending_update_count: 1 } })
  await assistant.stop()

  const refused = startProgram('apps/assistant/src/main.ts', ['start'], {
    environment: { PLUGGRAM_HOME: home, PORT: '0', ...environment },
  })
  expect(await refused.exited).not.toBe(0)
  expect(refused.output()).toMatch(/pluggram\.db\.saved.*pluggram start --repair/)
  const repaired = startProgram('apps/assistant/src/main.ts', ['start', '--repair'], {
    environment: { PLUGGRAM_HOME: home, PORT: '0', ...environment },
  })
  await repaired.waitFor(/login\?token=/)
  await botMessages(driver, ada.id, 2)
  const texts = (await botMessages(driver, ada.id)).map(({ text }) => text)
  expect(texts).toEqual(['echo before', 'echo meanwhile'])
})
