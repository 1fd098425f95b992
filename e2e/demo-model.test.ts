import { afterEach, expect, test } from 'vitest'
import { logIn, startAssistant } from './support/assistant.ts'
import { ask, botMessages, createPerson, startEmulator, TOKEN } from './support/emulator.ts'
import { createBareHome, createHome, removeHomes } from './support/home.ts'
import { stopAllPrograms } from './support/program.ts'

afterEach(async () => {
  await stopAllPrograms()
  await removeHomes()
})

const LAMP = `
import { definePlugin, z } from '@pluggram/sdk'
export default definePlugin({
  tools: {
    switch_lamp: {
      description: 'Switches the lamp',
      schema: z.object({ state: z.enum(['on', 'off']) }),
      role: 'everyone',
      effect: 'external',
      execute: ({ state }) => 'the lamp is ' + state,
    },
    open_safe: { description: 'Opens the safe', effect: 'none', execute: () => 'it is open' },
  },
})
`

test('somebody without any key says in plain words what a plugin of a fresh clone is to do', async () => {
  const home = await createBareHome({ 'config.json': { ai: { model: 'demo' } } })
  const session = await logIn(await startAssistant(home))
  const ada = await createPerson(session)

  const [roll = ''] = await ask(session, ada, 'Could you please roll two dice?')
  expect(roll).toMatch(/2d6/)
  expect(roll).toContain('demo model')
  expect((await ask(session, ada, 'roll 3 dice')).join()).toMatch(/^.*3d6/)
  const [reminder = ''] = await ask(session, ada, 'remind me tomorrow at 9 to call Ann')
  expect(reminder).toMatch(/^OK, on .*09:00.*: call Ann$/)
  // the text is not the plugin's command, so the model has to call its tool
  const [again = ''] = await ask(session, ada, 'Can you set a reminder for tomorrow at 10 to feed the cat?')
  expect(again).toContain('feed the cat')
  const [list = ''] = await ask(session, ada, 'what are my reminders?')
  expect(list).toContain('call Ann')
  expect(list).toContain('feed the cat')
  expect((await ask(session, ada, 'set a reminder to call Bob')).join()).toContain('when: In English')
  expect((await ask(session, ada, 'translate good morning to German')).join()).toContain(
    'Translation needs an AI model',
  )
  expect((await ask(session, ada, 'how do I roll dice?')).join()).toContain('/roll')
  // asking about a command does not run it, and reminders are cancelled without /forget_me
  expect(await ask(session, ada, 'what does /roll do?')).toEqual([
    '/roll 2d6+1: Roll dice, for example 2d6+1.',
  ])
  expect((await ask(session, ada, 'what is the meaning of life?')).join()).not.toContain('/translate')
})

test('by plain words reminders are moved and cancelled, a poll is made, and usage, feeds and documents are told', async () => {
  const on = ['reminders', 'dice', 'polls_and_forms', 'feeds', 'knowledge', 'scheduled_task']
  const home = await createHome({
    'config.json': { ai: { model: 'demo' } },
    'plugins_config.json': { enabled_plugins: Object.fromEntries(on.map((name) => [name, true])) },
  })
  const session = await logIn(await startAssistant(home))
  const ada = await createPerson(session)
  const say = async (text: string, count = 1): Promise<string> =>
    (await ask(session, ada, text, count)).join('\n')
  expect(await say('cancel the reminder')).toMatch(/^You have no reminders\./)
  for (const what of ['call Ann', 'feed the cat', 'run']) await say(`remind me tomorrow at 9 to ${what}`)
  expect(await say('move it to 6 pm')).toMatch(/^Moved the reminder from .*09:00 to .*18:00\.$/)
  expect(await say('please postpone reminder 1 to tomorrow at 10:30')).toMatch(/09:00 to .*10:30\.$/)
  expect(await say('every weekday at 9 remind me to stand up')).toMatch(
    /^OK, 🔁 every weekday at 09:00, first .*: stand up$/,
  )
  expect(await say('cancel my reminder')).toMatch(/^You have 4 reminders\. Which one\?/)
  expect(await say('cancel reminder 2')).toMatch(/^Cancelled the reminder: /)
  expect(await say('delete all my reminders')).toMatch(/^Cancelled 3 reminders: /)
  const poll = await say('make a poll: Lunch? Pizza, Soup', 2)
  expect(poll).toMatch(/📊 Lunch\?\n\nPizza\n[^]*Soup\n/)
  expect(poll).toContain('The poll is in the chat.')
  expect(await say('what have I used?')).toMatch(/^(?:You\n|Nothing used yet)/)
  expect(await say('which feeds do I follow?')).toContain('There is nothing.')
  expect(await say('which documents do you know?')).toContain('There is nothing.')
  // asking about a command runs nothing
  expect(await say('what does /roll do?')).toContain('/roll 2d6+1: ')
  expect(await say('what does /jobs do?')).toContain('/jobs: ')
})

test('roles and approvals hold for the demo model, too', async () => {
  const home = await createHome({
    'plugins/lamp.ts': LAMP,
    'plugins_config.json': { enabled_plugins: { lamp: true } },
    'config.json': { ai: { model: 'demo' } },
  })
  const { url, driver } = await startEmulator()
  await startAssistant(home, { TELEGRAM_BOT_TOKEN: TOKEN, TELEGRAM_API_ROOT: url })
  const ada = await createPerson(driver)
  // a tool that is not for her is not offered
  expect((await ask(driver, ada, 'open the safe')).join()).not.toMatch(/it is open|owner users/)
  const [question = ''] = await ask(driver, ada, 'switch the lamp on')
  expect(question).toContain('may I do this? “switch lamp” (Lamp)')
  const asked = (await botMessages(driver, ada.id)).find(({ text }) => text === question)
  await driver.post(`/chats/${ada.id}/messages/${asked?.id}/press`, { userId: ada.id, row: 0, column: 0 })
  expect((await botMessages(driver, ada.id, 3)).at(-1)?.text).toContain('the lamp is on')
  // the result of the tool precedes the next message, but must not hide what that says
  const [abilities = ''] = await ask(driver, ada, 'what can you do?')
  // people read titles, and no names of parts of the assistant
  expect(abilities).not.toMatch(/\b(?:approvals|people|assistant|ai_chatbot) \(|• (?:approvals|people)\b/)
  expect(abilities).toContain('• Lamp')
})
