import { afterEach, expect, test } from 'vitest'
import { startAssistant } from './support/assistant.ts'
import { ask, botMessages, createPerson, startEmulator, TOKEN } from './support/emulator.ts'
import { createHome, removeHomes } from './support/home.ts'
import { pressButton } from './support/press-button.ts'
import { stopAllPrograms } from './support/program.ts'

afterEach(async () => {
  await stopAllPrograms()
  await removeHomes()
})

test('a question about a reminder is answered after a restart, by a button or in words, in the language of the person', async () => {
  const home = await createHome({ 'plugins_config.json': { enabled_plugins: { reminders: true } } })
  const { url, driver } = await startEmulator()
  const environment = { TELEGRAM_BOT_TOKEN: TOKEN, TELEGRAM_API_ROOT: url }
  const first = await startAssistant(home, environment)
  const ada = await createPerson(driver)
  const bea = await driver.post<typeof ada>('/users', { firstName: 'Bea', languageCode: 'de' })
  expect(await ask(driver, ada, 'remind me to buy milk')).toEqual(['⏰ When should I remind you: buy milk?'])
  expect(await ask(driver, bea, 'erinnere mich an die Milch')).toEqual([
    '⏰ Wann soll ich dich erinnern: die Milch?',
  ])
  await first.stop()

  await startAssistant(home, environment)
  const pressed = await pressButton(driver, { chatId: ada.id, user: ada, label: 'In 1 hour' })
  expect(pressed.text).toMatch(/^OK, .*: buy milk$/)
  expect(await ask(driver, bea, 'jeden Montag um 8')).toEqual([
    expect.stringMatching(/^OK, 🔁 .*: die Milch$/),
  ])
  // set at once, so that it comes even when nobody says what it is about
  const [asked = ''] = await ask(driver, ada, 'remind me in 2 seconds')
  expect(asked).toMatch(/^OK, in 2 seconds\.\nWhat should I remind you about\?$/)
  await expect
    .poll(async () => (await botMessages(driver, ada.id)).map(({ text }) => text), { timeout: 60_000 })
    .toContain('⏰ Reminder')
  const [list = ''] = await ask(driver, ada, '/reminders')
  expect(list).toMatch(/^1\. .*: buy milk$/)
})
