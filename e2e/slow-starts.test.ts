import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { afterEach, expect, test } from 'vitest'
import { logIn, startAssistant } from './support/assistant.ts'
import { ask, botMessages, createPerson, write } from './support/emulator.ts'
import { createHome, removeHomes } from './support/home.ts'
import { stopAllPrograms } from './support/program.ts'

afterEach(async () => {
  await stopAllPrograms()
  await removeHomes()
})

/** Its start ends when the test writes a file beside it: no machine is too slow for that. */
const SLOW = `import { existsSync } from 'node:fs'
while (!existsSync(new URL('begin.txt', import.meta.url))) await new Promise((resolve) => setTimeout(resolve, 50))
export default class {
  static manifest = { commands: { slow: { description: 'Answers' } } }
  processMessage(message) { if (message.includes('slow')) return { success: true, response: 'slow: ' + message } }
}`
const HANGING = `console.log('hanging begins'); await new Promise(() => {})\nexport default class {}`
const QUICK = `export default class {
  static manifest = { commands: { quick: { description: 'Answers' } } }
  processMessage(message, { command }) { if (command) return { success: true, response: 'quick' } }
}`

test('messages for a plugin whose first start takes long wait for it, and no others do', async () => {
  const home = await createHome({
    'plugins/slow/index.js': SLOW,
    'plugins/slow/package.json': { name: 'slow', type: 'module', main: 'index.js' },
    'plugins/quick.js': QUICK,
    'plugins_config.json': { enabled_plugins: { quick: true, slow: true } },
    // after its deadline, messages would go to the other plugin
    'config.json': { plugin_host: { plugins: { slow: { start_seconds: 100 } } } },
  })
  const assistant = await startAssistant(home)
  const driver = await logIn(assistant)
  const [ada, bob, cleo] = await Promise.all(['Ada', 'Bob', 'Cleo'].map((name) => createPerson(driver, name)))
  if (!ada || !bob || !cleo) throw new Error('nobody there')
  await write(driver, ada, '/slow')
  await write(driver, bob, 'something slow')
  expect(await ask(driver, cleo, '/quick')).toEqual(['quick'])
  expect(await botMessages(driver, ada.id, 0)).toEqual([])
  await writeFile(join(home, 'plugins/slow/begin.txt'), '')
  expect((await botMessages(driver, ada.id)).map(({ text }) => text)).toEqual(['slow: /slow'])
  expect((await botMessages(driver, bob.id)).map(({ text }) => text)).toEqual(['slow: something slow'])
  expect(await assistant.stop()).toBe(0)
})

test('a plugin that hangs holds up what nobody else answers until its deadline, and not at the next start', async () => {
  const home = await createHome({
    'plugins/hanging.js': HANGING,
    'plugins/quick.js': QUICK,
    'plugins_config.json': { enabled_plugins: { hanging: true, quick: true } },
    'config.json': { plugin_host: { plugins: { hanging: { start_seconds: 5 } } } },
  })
  const first = await startAssistant(home)
  const driver = await logIn(first)
  const ada = await createPerson(driver)
  await write(driver, ada, 'hello')
  const bob = await createPerson(driver, 'Bob')
  expect(await ask(driver, bob, '/quick')).toEqual(['quick'])
  await botMessages(driver, ada.id)
  await first.waitFor(/hanging cannot be loaded: not finished within 5 s/)
  expect(await first.stop()).toBe(0)

  const second = await startAssistant(home)
  const session = await logIn(second)
  const cleo = await createPerson(session, 'Cleo')
  await ask(session, cleo, 'hello')
  await second.waitFor(/hanging begins/)
  expect(second.output()).not.toContain('not finished within 5 s')
})
