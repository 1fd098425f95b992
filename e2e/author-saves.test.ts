import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { afterEach, expect, test } from 'vitest'
import { logIn, startAssistant } from './support/assistant.ts'
import { ask, createPerson } from './support/emulator.ts'
import { createHome, removeHomes } from './support/home.ts'
import { stopAllPrograms } from './support/program.ts'

afterEach(async () => {
  await stopAllPrograms()
  await removeHomes()
})

const greeter = (name: string): string => `import { word } from './_words.ts'
export default class {
  processMessage(message) { if (message === '${name}') return { success: true, response: word } }
}`

test('a saved helper beside a single file takes effect, and a new plugin is told how it is switched on', async () => {
  const home = await createHome({
    'plugins/apart.ts': greeter('apart'),
    'plugins/inside.ts': greeter('inside'),
    'plugins/other.ts': 'export default class { processMessage() {} }',
    'plugins/_words.ts': "export { word } from './_deeper.ts'",
    'plugins/_deeper.ts': "export const word = 'old'",
    'plugins_config.json': { enabled_plugins: { apart: true, inside: true, other: true } },
    'config.json': { plugin_host: { plugins: { inside: { isolation: 'inline' } } } },
  })
  const assistant = await startAssistant(home)
  const driver = await logIn(assistant)
  const ada = await createPerson(driver)
  for (const name of ['apart', 'inside']) expect(await ask(driver, ada, name)).toEqual(['old'])
  await writeFile(join(home, 'plugins/_deeper.ts'), "export const word = 'new'")
  await assistant.waitFor(/reloaded: .*apart.*/)
  for (const name of ['apart', 'inside']) expect(await ask(driver, ada, name)).toEqual(['new'])
  expect(assistant.output()).not.toMatch(/reloaded: .*other/)

  await writeFile(join(home, 'plugins/hello.ts'), 'export default class { processMessage() {} }')
  await assistant.waitFor(/found plugins.hello\.ts; it is off: npx pluggram plugins enable hello/)
})
