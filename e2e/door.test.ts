import { readdir, stat, symlink } from 'node:fs/promises'
import { join } from 'node:path'
import { afterEach, expect, test } from 'vitest'
import { logIn, startAssistant } from './support/assistant.ts'
import { runCommand } from './support/command.ts'
import { ask, createPerson } from './support/emulator.ts'
import { createHome, removeHomes } from './support/home.ts'
import { startProgram, stopAllPrograms } from './support/program.ts'

afterEach(async () => {
  await stopAllPrograms()
  await removeHomes()
})

const LINK = /^http:\/\/127\.0\.0\.1:\d+\/login\?token=\S+\n$/

/** As in `/readyz`. */
const STARTED = /"burglar":\{"state":"(?:running|idle)"/

/** Tries to reach the door from a plugin's process. */
const BURGLAR = `import { connect } from 'node:net'
export default class {
  async processMessage(message) {
    const word = message.split(' ')[1]
    if (!message.startsWith('break ')) return
    return new Promise((resolve) => {
      const end = (response) => resolve({ success: true, response })
      try {
        const socket = connect(word)
        socket.once('connect', () => end('inside'))
        socket.once('error', (error) => end('refused: ' + error.code))
      } catch (error) { end('refused: ' + error.code) }
    })
  }
}`

test('commands reach the assistant of their home, which a plugin cannot', async () => {
  const home = await createHome({ 'plugins/burglar.js': BURGLAR, 'plugins_config.json': {} })
  expect(await runCommand(home, 'login')).toMatchObject({
    code: 69,
    output: expect.stringMatching(/The assistant is not running in .*npx pluggram start/),
  })
  expect(await readdir(home)).not.toContain('data')

  const assistant = await startAssistant(home)
  const { code, output } = await runCommand(home, 'login')
  expect({ code, output }).toMatchObject({ code: 0, output: expect.stringMatching(LINK) })
  expect(output).toContain(assistant.url)
  const driver = await logIn({ ...assistant, loginLink: output.trim() })
  expect(await runCommand(home, 'plugins', 'enable', 'burglar')).toEqual({
    code: 0,
    output: 'burglar is on.\n',
  })
  await expect.poll(async () => (await fetch(`${assistant.url}/readyz`)).text()).toMatch(STARTED)
  const ada = await createPerson(driver)
  const door = join(home, 'data', 'door')
  expect((await stat(door)).mode & 0o777).toBe(0o700)
  expect((await stat(join(door, 'socket'))).mode & 0o777).toBe(0o600)
  expect((await ask(driver, ada, `break ${join(door, 'socket')}`)).join()).toContain('ERR_ACCESS_DENIED')
  expect(await runCommand(home, 'plugins', 'restart', 'ghost')).toMatchObject({ code: 1 })
})

test('after the assistant was killed commands work on the files, and reach the next one', async () => {
  const home = await createHome({ 'plugins/quiet.js': 'export default class { processMessage() {} }' })
  const door = join(home, 'data', 'door')
  const first = await startAssistant(home)
  await first.stop('SIGKILL')
  expect(await readdir(door)).toEqual(['socket'])
  expect(await runCommand(home, 'login')).toMatchObject({ code: 69 })
  expect(await runCommand(home, 'plugins', 'disable', 'quiet')).toEqual({
    code: 0,
    output: 'quiet is off from the next start.\n',
  })
  const second = await startAssistant(home)
  expect(await runCommand(home, 'login')).toMatchObject({
    code: 0,
    output: expect.stringContaining(second.url),
  })
  expect(await second.stop()).toBe(0)
  expect(await readdir(door)).toEqual([])
  expect(await runCommand(home, 'login')).toMatchObject({ code: 69 })
})

test('a home whose path is too long for a socket has a door of its own, and one that was planted is refused', async () => {
  const far = join('far', 'a'.repeat(80), 'b'.repeat(80))
  const home = join(await createHome({ [`${far}/plugins_config.json`]: {} }), far)
  const assistant = await startAssistant(home)
  const other = await startAssistant(await createHome())
  const { code, output } = await runCommand(home, 'login')
  expect({ code, output }).toMatchObject({ code: 0, output: expect.stringMatching(LINK) })
  expect(output).toContain(assistant.url)
  expect(output).not.toContain(other.url)
  expect(await runCommand(home, 'replay')).toEqual({ code: 0, output: 'No update is parked.\n' })
  expect(await runCommand(home, 'replay', '7')).toMatchObject({
    code: 1,
    output: expect.stringContaining('No update 7 is parked'),
  })
  await assistant.stop()
  expect(await runCommand(home, 'replay')).toEqual({ code: 0, output: 'No update is parked.\n' })

  const victim = await createHome({ 'data/log.txt': '' })
  await symlink(join(home, 'data'), join(victim, 'data', 'door'))
  const started = startProgram('apps/assistant/src/main.ts', ['start'], {
    environment: { PLUGGRAM_HOME: victim, PORT: '0' },
  })
  expect(await started.exited).toBe(77)
  expect(started.output()).toMatch(/data\/door is not used, because it is a symbolic link/)
})
