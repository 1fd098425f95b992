import { setTimeout as sleep } from 'node:timers/promises'
import { afterEach, expect, test } from 'vitest'
import { startAssistant } from './support/assistant.ts'
import type { Session } from './support/assistant.ts'
import { ask, botMessages, createPerson, startEmulator, TOKEN } from './support/emulator.ts'
import { createHome, removeHomes } from './support/home.ts'
import { stopAllPrograms } from './support/program.ts'

afterEach(async () => {
  await stopAllPrograms()
  await removeHomes()
})

/** A plugin in its own process that remembers, and that forgets or fails to. */
const diary = (name: string, body: string): string => `
import { definePlugin } from '@pluggram/sdk'
export default definePlugin({
  name: '${name}',
  commands: { ${name}: { description: 'x', execute: async (args, { services, user }) => {
    if (args) await services.store.set(String(user.id), args)
    return { success: true, response: 'kept: ' + (await services.store.get(String(user.id)) ?? 'nothing') }
  } } },
  setup: ({ services }) => ({ async forgetUser({ id }) { ${body} } }),
})`

async function press(session: Session, userId: number, text: string): Promise<void> {
  const messages = await botMessages(session, userId)
  const message = messages.findLast((item) =>
    item.buttons.flat().some((button) => button.text.includes(text)),
  )
  const row = message?.buttons.findIndex((buttons) => buttons.some((button) => button.text.includes(text)))
  if (!message || row === undefined) throw new Error(`no button ${text}`)
  const column = message.buttons[row]?.findIndex((button) => button.text.includes(text))
  await session.post(`/chats/${userId}/messages/${message.id}/press`, { userId, row, column })
}

/** The message at that position, as soon as it starts with that text. */
async function untilBegins(session: Session, chatId: number, index: number, words: string): Promise<string> {
  for (let tries = 0; ; tries++) {
    const text = (await botMessages(session, chatId))[index]?.text ?? ''
    if (text.startsWith(words)) return text
    if (tries > 1_200) throw new Error(`expected ${words}, got ${text}`)
    await sleep(25)
  }
}

test('/forget_me asks first, then every plugin forgets that person and nobody else', async () => {
  const { url, driver } = await startEmulator()
  const home = await createHome({
    'plugins/diary.ts': diary('diary', "if (await services.store.delete(String(id))) return 'a diary'"),
    'plugins/broken.ts': diary('broken', "throw new Error('secret details')"),
    'plugins_config.json': {
      enabled_plugins: { diary: true, broken: true, reminders: true, knowledge: true, logging: true },
    },
    'config.json': { ai: { model: 'demo' } },
  })
  const assistant = await startAssistant(home, { TELEGRAM_BOT_TOKEN: TOKEN, TELEGRAM_API_ROOT: url })
  const [ada, bob] = [await createPerson(driver, 'Ada'), await createPerson(driver, 'Bob')]
  for (const person of [ada, bob]) {
    await ask(driver, person, '/diary canary')
    await ask(driver, person, '/remember canary')
    await ask(driver, person, '/learn canary')
    await ask(driver, person, 'remind me tomorrow at 9 of the canary')
    await ask(driver, person, 'tell me something about canaries')
  }
  expect((await ask(driver, ada, '/forget_me')).join()).toContain('This cannot be undone.')
  expect(await ask(driver, ada, '/diary')).toEqual(['kept: canary'])
  const question = (await botMessages(driver, ada.id)).length - 2
  await press(driver, ada.id, 'Delete everything')
  const told = await untilBegins(driver, ada.id, question, 'Deleted')
  expect(told).toMatch(/^Deleted: /)
  for (const part of ['a diary (Diary)', 'our conversation here, one fact about you (Chat)']) {
    expect(told).toContain(part)
  }
  expect(told).toContain('one document (Documents)')
  expect(told).toContain('one reminder (Reminders)')
  expect(told).toMatch(/\d+ entries of the journal \(Journal\)/)
  expect(told).toContain('Not deleted by: Broken')
  expect(told).not.toContain('secret details')
  await assistant.waitFor(/secret details/)

  expect(await ask(driver, ada, '/diary')).toEqual(['kept: nothing'])
  expect((await ask(driver, ada, '/memory')).join()).not.toContain('canary')
  expect((await ask(driver, ada, '/reminders')).join()).toContain('No reminders yet')
  expect(await ask(driver, bob, '/diary')).toEqual(['kept: canary'])
  expect((await ask(driver, bob, '/memory')).join()).toContain('canary')
  expect((await ask(driver, bob, '/documents')).join()).toContain('canary')
  expect((await ask(driver, bob, '/reminders')).join()).toContain('canary')
})

test('/forget_me takes the name out of the list of people, and leaves what was decided', async () => {
  const { url, driver } = await startEmulator()
  const [ada, bob] = [await createPerson(driver, 'Ada'), await createPerson(driver, 'Bob')]
  const home = await createHome({
    'plugins_config.json': { enabled_plugins: { admin: true, ai_chatbot: false } },
    'config.json': { access: { mode: 'listed', owners: [ada.id] } },
  })
  await startAssistant(home, { TELEGRAM_BOT_TOKEN: TOKEN, TELEGRAM_API_ROOT: url })
  await ask(driver, bob, 'let me in')
  await ask(driver, ada, `/allow ${bob.id}`)
  expect((await ask(driver, ada, '/users')).join()).toContain('Bob')
  await ask(driver, bob, '/forget_me')
  await press(driver, bob.id, 'Delete everything')
  // after the refusal and the news that he is let in
  await untilBegins(driver, bob.id, 2, 'There was nothing')
  const people = (await ask(driver, ada, '/users')).join()
  expect(people).toContain(`${bob.id}: allowed`)
  expect(people).not.toContain('Bob')
})
