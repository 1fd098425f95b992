import { chmod, readFile, stat, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { afterEach, expect, test } from 'vitest'
import { logIn, startAssistant } from './support/assistant.ts'
import { runCommand } from './support/command.ts'
import { ask, createPerson } from './support/emulator.ts'
import { createBareHome, removeHomes } from './support/home.ts'
import { stopAllPrograms } from './support/program.ts'

afterEach(async () => {
  await stopAllPrograms()
  await removeHomes()
})

test('pluggram init makes a home that starts at once, is the owner’s alone, and overwrites nothing', async () => {
  const parent = await createBareHome()
  const home = join(parent, 'my home')
  const made = await runCommand(parent, 'init', home)
  expect(made).toMatchObject({ code: 0, output: expect.stringContaining(`npm start -- --home "${home}"`) })
  for (const file of ['.', '.env', 'config.json', 'plugins/hello.ts'])
    expect({ file, others: (await stat(join(home, file))).mode & 0o077 }).toEqual({ file, others: 0 })
  // whatever it holds, git does not take it
  expect(await readFile(join(home, '.gitignore'), 'utf8')).toMatch(/^\.env$[^]*^data\/$/m)
  expect(await runCommand(home, 'config', 'check')).toEqual({
    code: 0,
    output: 'Configuration OK.\n',
  })

  // config.json explains every key; what is commented out is valid, and commands keep the comments
  const config = join(home, 'config.json')
  const explained = await readFile(config, 'utf8')
  expect(explained).toMatch(/\/\/ The port to listen on.*\n +\/\/ "port": 8080,\n/)
  await writeFile(config, explained.replaceAll(/^( *)\/\/ ("\w+": )/gm, '$1$2'))
  expect(await runCommand(home, 'config', 'check')).toMatchObject({ code: 0 })
  const own = explained.replace('"greeting": "Hello"', '"greeting": "Hi" // short')
  await writeFile(config, own)

  const assistant = await startAssistant(home)
  const session = await logIn(assistant)
  const ada = await createPerson(session)
  expect(await ask(session, ada, 'hello')).toEqual(['Hi, Ada! I am plugins/hello.ts.'])
  // the plugins that are on by default are on beside it
  expect((await ask(session, ada, '/roll')).join()).toContain('🎲')
  // saved, and it answers anew
  const plugin = join(home, 'plugins/hello.ts')
  await writeFile(plugin, (await readFile(plugin, 'utf8')).replace('I am plugins', 'I was plugins'))
  await assistant.waitFor(/reloaded: hello/)
  expect(await ask(session, ada, 'hello')).toEqual(['Hi, Ada! I was plugins/hello.ts.'])
  const set = await runCommand(home, 'plugins', 'set', 'hello', 'greeting', 'Good day')
  expect(set).toMatchObject({ code: 0 })
  expect(await readFile(config, 'utf8')).toBe(own.replace('"Hi"', '"Good day"'))
  expect(await ask(session, ada, 'hello')).toEqual(['Good day, Ada! I was plugins/hello.ts.'])
  expect(await assistant.stop()).toBe(0)

  const again = await runCommand(home, 'init')
  expect(again.output).toMatch(/plugins\/hello\.ts +kept as it was/)
  expect(await readFile(plugin, 'utf8')).toContain('I was plugins')

  await chmod(join(home, '.env'), 0o644)
  const open = await runCommand(home, 'config', 'check')
  expect(open).toMatchObject({
    code: 0,
    output: expect.stringMatching(/^warning +every account .*chmod 600/),
  })
  const warned = await startAssistant(home)
  await warned.waitFor(/"level":"warn".*every account of this machine can read/i)
  await warned.stop()
  expect(warned.output().match(/every account of this machine/gi)).toHaveLength(1)
})
