import { afterEach, expect, test } from 'vitest'
import { logIn, startAssistant } from './support/assistant.ts'
import { ask, createPerson } from './support/emulator.ts'
import { createHome, removeHomes } from './support/home.ts'
import { stopAllPrograms } from './support/program.ts'

afterEach(async () => {
  await stopAllPrograms()
  await removeHomes()
})

/** The class of the contract: four members and nothing else. */
const FOUR_MEMBERS = `import type { AssistantConfig, MessageContext, PluginResult, PluginStatus, Services } from '@pluggram/sdk'

export default class MyPlugin {
  greeting: string
  constructor(config: AssistantConfig, services: Services) {
    this.greeting = config.plugins.my_plugin.greeting
  }
  async processMessage(message: string, context: MessageContext): Promise<PluginResult | undefined> {
    return message.startsWith('my ') ? { success: true, response: this.greeting + ' ' + message.slice(3) } : undefined
  }
  async getStatus(): Promise<PluginStatus> { return { status: 'greeting with ' + this.greeting } }
  async cleanup(): Promise<void> { console.log('my_plugin cleaned up') }
}
`

test('a file with the four-member class, its block and its switch answers, with no other step', async () => {
  const home = await createHome({
    'plugins/my_plugin.ts': FOUR_MEMBERS,
    'config.json': { plugins: { my_plugin: { greeting: 'Salut' } } },
    'plugins_config.json': { enabled_plugins: { my_plugin: true } },
  })
  const assistant = await startAssistant(home)
  const driver = await logIn(assistant)
  const ada = await createPerson(driver)
  expect(await ask(driver, ada, 'my friend')).toEqual(['Salut friend'])
  expect((await ask(driver, ada, '/status')).join()).toContain('My plugin – greeting with Salut')
  const ready = await (await fetch(`${assistant.url}/readyz`)).json()
  expect(ready).toMatchObject({ components: { plugins: { plugins: { my_plugin: { state: 'running' } } } } })
  expect(await assistant.stop()).toBe(0)
  expect(assistant.output()).toContain('my_plugin cleaned up')
})

test('so does a .js file, a .cjs file, and a folder with its own dependency; variables become numbers and booleans; what plugins_config.json does not name is off', async () => {
  const home = await createHome({
    'plugins/js_plugin.js': `export default class {
      processMessage(message) { if (message === 'js') return { success: true, response: 'from js' } }
    }`,
    'plugins/cjs_plugin.cjs': `module.exports = class {
      async processMessage(message) { if (message === 'cjs') return { success: true, response: 'from cjs' } }
    }`,
    'plugins/folder_plugin/package.json': {
      name: 'folder-plugin',
      type: 'module',
      main: 'main.js',
      dependencies: { shouter: '1.0.0' },
    },
    'plugins/folder_plugin/main.js': `import { definePlugin, z } from '@pluggram/sdk'
      import shout from 'shouter'
      export default definePlugin({
        config: z.object({ mark: z.string().default('!') }),
        setup: ({ config }) => ({
          processMessage: (message) => message === 'folder' ? { success: true, response: shout('from folder', config.mark) } : undefined,
        }),
      })`,
    'plugins/folder_plugin/node_modules/shouter/package.json': {
      name: 'shouter',
      version: '1.0.0',
      main: 'index.js',
    },
    'plugins/folder_plugin/node_modules/shouter/index.js':
      'module.exports = (text, mark) => text.toUpperCase() + mark',
    'plugins/typed.ts': `import { definePlugin, z } from '@pluggram/sdk'
export default definePlugin({
  config: z.object({ limit: z.number(), loud: z.boolean(), api_key: z.string() }),
  setup: ({ config }) => ({
    processMessage: (message) => message === 'types'
      ? { success: true, data: { limit: typeof config.limit, loud: typeof config.loud, key: config.api_key.length } } : undefined,
  }),
})`,
    'plugins/quiet.ts':
      'export default class { processMessage() { return { success: true, response: "quiet spoke" } } }',
    '.env': 'TYPED_API_KEY=123456\n',
    'plugins_config.json': {
      enabled_plugins: { js_plugin: true, cjs_plugin: true, folder_plugin: true, typed: true },
    },
  })
  const assistant = await startAssistant(home, {
    FOLDER_PLUGIN_MARK: '?!',
    TYPED_LIMIT: '5',
    TYPED_LOUD: 'true',
  })
  const driver = await logIn(assistant)
  const ada = await createPerson(driver)
  expect(await ask(driver, ada, 'js')).toEqual(['from js'])
  expect(await ask(driver, ada, 'cjs')).toEqual(['from cjs'])
  expect(await ask(driver, ada, 'folder')).toEqual(['FROM FOLDER?!'])
  expect(await ask(driver, ada, 'types')).toEqual(['limit: number\nloud: boolean\nkey: 6'])
  expect((await ask(driver, ada, 'hello')).join()).not.toContain('quiet spoke')
})

test('a plugin that never finishes starting does not keep the others from answering', async () => {
  const home = await createHome({
    'plugins/hangs.ts': 'await new Promise(() => {})\nexport default class { processMessage() {} }',
    'plugins/ping.js':
      'export default class { processMessage(m) { if (m === "ping") return { success: true, response: "pong" } } }',
    'plugins_config.json': { enabled_plugins: { hangs: true, ping: true } },
    'config.json': { plugin_host: { plugins: { hangs: { start_seconds: 3 } } } },
  })
  const assistant = await startAssistant(home)
  const driver = await logIn(assistant)
  const ada = await createPerson(driver)
  expect(await ask(driver, ada, 'ping')).toEqual(['pong'])
  await assistant.waitFor(/hangs.*(?:did not|within)/s)
})
