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

test('an idle plugin keeps its good version when a broken one is saved, and one with a timer of its own is not idle', async () => {
  const talker = (word: string): string =>
    `import { mark } from './_mark.ts'
export default class {
  words: string = '${word}'
  processMessage(message: string) { if (message === 'talk') return { success: true, response: this.words + mark } }
}`
  const home = await createHome({
    'plugins/talker.ts': talker('good'),
    'plugins/_mark.ts': "export const mark: string = '!'",
    'plugins/ticker.ts': `export default class {
  ticks = 0
  constructor() { setInterval(() => this.ticks++, 100) }
  processMessage(message) { if (message === 'ticks') return { success: true, response: String(this.ticks > 5) } }
}`,
    'plugins_config.json': { enabled_plugins: { talker: true, ticker: true } },
    'config.json': {
      plugin_host: { plugins: { talker: { idle_seconds: 1 }, ticker: { idle_seconds: 1 } } },
    },
  })
  const assistant = await startAssistant(home)
  const driver = await logIn(assistant)
  const ada = await createPerson(driver)
  expect(await ask(driver, ada, 'talk')).toEqual(['good!'])
  await assistant.waitFor(/"plugin":"talker","msg":"not used for 1 s; its process ends/)
  await assistant.waitFor(/"plugin":"ticker","msg":"has a timer of its own/)
  expect(await ask(driver, ada, 'ticks')).toEqual(['true'])

  await writeFile(join(home, 'plugins/talker.ts'), 'export default class { processMessage( }')
  await assistant.waitFor(/talker\.ts.* cannot be loaded/)
  expect(await ask(driver, ada, 'talk')).toEqual(['good!'])
  await writeFile(join(home, 'plugins/_mark.ts'), "export const mark: string = '?'")
  await writeFile(join(home, 'plugins/talker.ts'), talker('better'))
  await assistant.waitFor(/reloaded: .*talker/)
  expect(await ask(driver, ada, 'talk')).toEqual(['better?'])
  expect(assistant.output()).not.toContain('parked')
})
