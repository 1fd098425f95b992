import { execFile } from 'node:child_process'
import { readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { afterEach, expect, test } from 'vitest'
import { logIn, startAssistant } from './support/assistant.ts'
import { runCommand } from './support/command.ts'
import { ask, createPerson } from './support/emulator.ts'
import { createBareHome, removeHomes } from './support/home.ts'
import { ROOT, stopAllPrograms } from './support/program.ts'

afterEach(async () => {
  await stopAllPrograms()
  await removeHomes()
})

const ping = `export default class {
  processMessage(message) { if (message === 'ping') return { success: true, response: 'pong' } }
}`

test('a home without any file is as good as the clone, and the first own plugin takes nothing away', async () => {
  const home = await createBareHome({ 'plugins/my_plugin.js': ping })
  const before = await runCommand(home, 'plugins', 'enable', 'my_plugin')
  expect(before).toMatchObject({
    code: 0,
    output: expect.stringContaining('my_plugin is on from the next start.'),
  })
  const session = await logIn(await startAssistant(home))
  const ada = await createPerson(session)
  // what README promises
  expect((await ask(session, ada, 'roll two dice')).join()).toContain('🎲')
  expect((await ask(session, ada, 'remind me tomorrow at 9 to call Ann')).join()).toContain('call Ann')
  expect(await ask(session, ada, 'ping')).toEqual(['pong'])

  const { output } = await runCommand(home, 'plugins')
  expect(output).toMatch(/my_plugin +on .*plugins_config\.json:\d/)
  expect(output).toMatch(/web_page +off .*default/)
})

test('either file switches a plugin on, both can keep it off, and commands say how it went', async () => {
  const home = await createBareHome({
    'plugins/my_plugin.js': ping,
    'plugins/broken.js':
      'export default class { constructor() { throw new Error("no disk") } processMessage() {} }',
    'config.json':
      '{ "plugins": {\n"my_plugin": { "enabled": true },\n"dice": { "enabled": false },\n"reminders": { "a": 1, "a": 2 } } }',
  })
  const assistant = await startAssistant(home)
  const session = await logIn(assistant)
  const ada = await createPerson(session)
  expect(await ask(session, ada, 'ping')).toEqual(['pong'])
  // a fault inside one block leaves out that plugin
  expect(assistant.output()).toMatch(
    /config\.json:4:\d+: plugins\.reminders\.a: this key is already on line 4/,
  )
  expect((await ask(session, ada, '/roll')).join()).not.toContain('🎲')
  const list = (await runCommand(home, 'plugins')).output
  expect(list).toMatch(/my_plugin +on .*config\.json:2/)
  expect(list).toMatch(/dice +off .*config\.json:3/)

  expect(await runCommand(home, 'plugins', 'enable', 'dice')).toEqual({
    code: 1,
    output: expect.stringContaining('config.json:3:11: plugins.dice.enabled: this line keeps dice off.'),
  })
  expect(await runCommand(home, 'plugins', 'enable', 'broken')).toEqual({
    code: 1,
    output: expect.stringMatching(/broken is on, but it is not running: .*no disk/),
  })
  expect(await runCommand(home, 'plugins', 'restart', 'web_page')).toEqual({
    code: 1,
    output: 'web_page is off. Turn it on: pluggram plugins enable web_page\n',
  })
  expect(await runCommand(home, 'plugins', 'restart', 'my_plugin')).toEqual({
    code: 0,
    output: 'Restarted my_plugin.\n',
  })

  await writeFile(join(home, 'plugins_config.json'), '{ "enabled_plugins": {\n"my_plugin": false } }')
  await assistant.waitFor(/my_plugin is off, because the files disagree.*plugins_config\.json:2/)
  expect(JSON.parse(await readFile(join(home, 'plugins_config.json'), 'utf8'))).toEqual({
    enabled_plugins: { my_plugin: false },
  })
})

test('a reader that goes away early gets no stack trace', async () => {
  const home = await createBareHome()
  const program = `"${process.execPath}" apps/assistant/src/main.ts plugins`
  const { stderr } = await promisify(execFile)('sh', ['-c', `${program} | head -c 1`], {
    cwd: ROOT,
    env: { ...process.env, PLUGGRAM_HOME: home },
  })
  expect(stderr).toBe('')
})
