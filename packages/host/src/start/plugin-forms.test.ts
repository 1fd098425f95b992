import { execFile } from 'node:child_process'
import { promisify } from 'node:util'
import { beforeEach, describe, expect, test } from 'vitest'
import { createTestHome, LEVELS, useLevel } from '../test-home.ts'

describe.each(LEVELS)('%s', (level) => {
  beforeEach(() => useLevel(level))

  const FOUR_MEMBERS = `
import type { AssistantConfig, MessageContext, PluginResult, PluginStatus, Services } from '@pluggram/sdk'

export default class MyPlugin {
  readonly #greeting: string
  constructor(config: AssistantConfig, services: Services) {
    this.#greeting = config.plugins.my_plugin.greeting
    services.logger.info('hello')
  }
  async processMessage(message: string, context: MessageContext): Promise<PluginResult | undefined> {
    return message === 'hi' ? { success: true, response: this.#greeting + ' ' + context.user.firstName } : undefined
  }
  async getStatus(): Promise<PluginStatus> { return { status: 'active' } }
  async cleanup(): Promise<void> {}
}
`

  test('a TypeScript file with the four-member class answers, reads its block and tells its status', async () => {
    await using home = await createTestHome({ 'plugins/my_plugin.ts': FOUR_MEMBERS })
    const host = await home.host({ config: { my_plugin: { greeting: 'Hello' } } })
    const { problems } = await host.start()
    expect(problems).toEqual([])
    expect(await host.ask('my_plugin', 'hi')).toEqual({ success: true, response: 'Hello Ann' })
    expect(await host.ask('my_plugin', 'else')).toBeUndefined()
    expect(await host.statuses()).toMatchObject([
      { name: 'my_plugin', state: 'running', origin: 'home', status: { status: 'active' }, effects: [] },
    ])
  })

  test.each([
    ['es.js', `export default class { processMessage() { return { success: true, response: 'es' } } }`],
    ['es.mjs', `export default class { processMessage() { return { success: true, response: 'es' } } }`],
    [
      'es.mts',
      `export default class { processMessage(m: string) { return { success: true, response: 'es' } } }`,
    ],
    ['es.cjs', `module.exports = class { processMessage() { return { success: true, response: 'es' } } }`],
    ['es.js', `module.exports = class { processMessage() { return { success: true, response: 'es' } } }`],
    [
      'es.ts',
      `module.exports = class { processMessage(m: string) { return { success: true, response: 'es' } } }`,
    ],
    [
      'es.cjs',
      `Object.defineProperty(exports, '__esModule', { value: true })
     exports.default = class { processMessage() { return { success: true, response: 'es' } } }`,
    ],
  ])('a class in %s answers', async (file, text) => {
    await using home = await createTestHome({ [`plugins/${file}`]: text })
    const host = await home.host()
    expect((await host.start()).problems).toEqual([])
    expect(await host.ask('es', 'x')).toEqual({ success: true, response: 'es' })
  })

  test.each([
    [
      'ts',
      `import { definePlugin, z } from '@pluggram/sdk'\nimport { z as own } from 'zod'\nimport * as v4 from 'zod/v4'\nexport default`,
    ],
    [
      'js',
      `import { definePlugin, z } from '@pluggram/sdk'\nimport { z as own } from 'zod'\nimport * as v4 from 'zod/v4'\nexport default`,
    ],
    [
      'cjs',
      `const { definePlugin, z } = require('@pluggram/sdk'); const { z: own } = require('zod'); const v4 = require('zod/v4')\nmodule.exports =`,
    ],
  ])('a definition in .%s finds the sdk and zod without a node_modules', async (extension, head) => {
    await using home = await createTestHome({
      [`plugins/counter.${extension}`]: `${head} definePlugin({
      config: z.object({ start: z.number().default(5), step: own.number().default(v4.z ? 1 : 0) }),
      commands: { add: { description: 'Adds', execute: (args, { config, services, chat }) =>
        ({ success: true, response: String(config.start + config.step * Number(args)) + services.assistant.name + chat.id }) } },
    })`,
    })
    const host = await home.host({ config: { counter: { step: 2 } } })
    expect((await host.start()).problems).toEqual([])
    const command = { name: 'add', args: '10' }
    expect(await host.ask('counter', '/add 10', { command })).toEqual({ success: true, response: '25Test1' })
    expect(host.registry.plugins()[0]?.descriptor).toMatchObject({
      commands: [{ name: 'add', description: 'Adds', examples: [], inMenu: true }],
      answers: [],
    })
  })

  test('a folder plugin uses a dependency from its own node_modules and the static part of its package.json', async () => {
    await using home = await createTestHome({
      'plugins/weather/package.json': JSON.stringify({
        name: 'my-weather',
        version: '2.1.0',
        description: 'Tells the weather',
        type: 'module',
        exports: { '.': { types: './types.d.ts', import: './src/start.js' } },
        pluggram: {
          help: 'Ask for a town.',
          commands: { weather: { description: 'Weather of a town', examples: ['is it raining'] } },
        },
      }),
      'plugins/weather/src/start.js': `import { climate } from 'climate-data'
      import { z } from 'zod'
      export default class { static manifest = { commands: { weather: { usage: '/weather TOWN' } } }
        processMessage() { return { success: true, response: climate + ' ' + z.mark } } }`,
      'plugins/weather/node_modules/climate-data/package.json':
        '{ "name": "climate-data", "main": "main.js" }',
      'plugins/weather/node_modules/climate-data/main.js': `exports.climate = 'mild'`,
      'plugins/weather/node_modules/zod/package.json': '{ "name": "zod", "main": "main.js" }',
      'plugins/weather/node_modules/zod/main.js': `exports.z = { mark: 'own zod' }`,
    })
    const host = await home.host()
    expect((await host.start()).problems).toEqual([])
    expect(await host.ask('weather', 'x')).toEqual({ success: true, response: 'mild own zod' })
    expect(host.registry.plugins()[0]?.descriptor).toMatchObject({
      name: 'weather',
      version: '2.1.0',
      description: 'Tells the weather',
      help: 'Ask for a town.',
      commands: [
        {
          name: 'weather',
          description: 'Weather of a town',
          usage: '/weather TOWN',
          examples: ['is it raining'],
        },
      ],
    })
  })

  test('an npm package runs under the name of its package', async () => {
    await using home = await createTestHome({
      'node_modules/@me/pluggram-plugin-to-do/package.json': JSON.stringify({
        name: '@me/pluggram-plugin-to-do',
        keywords: ['pluggram-plugin'],
        main: './main',
      }),
      'node_modules/@me/pluggram-plugin-to-do/main.js': `const { z } = require('zod')
      module.exports = class { processMessage() { return { success: true, data: z.string().parse('done') } } }`,
      'node_modules/unrelated/package.json': '{ "name": "unrelated" }',
    })
    const host = await home.host()
    expect((await host.start()).problems).toEqual([])
    expect(host.states()).toMatchObject([{ name: 'to_do', origin: 'npm', state: 'running' }])
    expect(await host.ask('to_do', 'x')).toEqual({ success: true, data: 'done' })
  })

  test('plugin files cause no warning about a missing package type', async () => {
    await using home = await createTestHome({
      // what npm install leaves in a home: a package.json without a "type"
      'package.json': '{ "dependencies": {} }',
      'plugins/one.ts': `import type { Plugin } from '@pluggram/sdk'\nimport { two } from './_two.js'\nexport default class implements Plugin { t = two }`,
      'plugins/_two.js': 'export const two = 2',
      'plugins/three.js': 'export default class {}',
    })
    // in a separate process, because the test runner suppresses such warnings
    const script = `
    const { createPluginHost, discoverPlugins } = await import(${JSON.stringify(new URL('../index.ts', import.meta.url).href)})
    const logger = { debug() {}, info() {}, warn() {}, error() {} }
    const { candidates } = await discoverPlugins({ home: ${JSON.stringify(home.directory)}, shipped: [] })
    const host = createPluginHost({ candidates, isEnabled: () => true, order: [], configFor: () => ({ block: {} }),
      servicesFor: () => ({ assistant: { plugins: () => [] } }), assistantName: 'A', levelFor: () => ${JSON.stringify(level)}, logger })
    await host.start()
    console.log(JSON.stringify(host.states().map(({ state }) => state)))
    await host.stop()`
    const { stdout, stderr } = await promisify(execFile)(
      process.execPath,
      ['--input-type=module', '--eval', script],
      { timeout: 10_000, env: {} },
    )
    expect(stderr).toBe('')
    expect(stdout.trim()).toBe('["running","running"]')
  })

  test('a plugin sees its own block only, completed by its schema, and cannot change it', async () => {
    await using home = await createTestHome({
      'plugins/one.ts': `import { z } from '@pluggram/sdk'
      export default class {
        static manifest = { config: z.object({ list: z.array(z.number()), nested: z.object({ deep: z.string().default('d') }).prefault({}) }) }
        constructor(config) { this.config = config }
        processMessage() {
          const attempts = [() => this.config.plugins.one.list.push(2), () => { this.config.plugins.one.nested.deep = 'x' },
            () => { this.config.plugins.other = {} }, () => { this.config.assistant.name = '' }]
          const refused = attempts.filter((attempt) => { try { attempt(); return false } catch { return true } }).length
          return { success: true, data: { refused, config: this.config } }
        }
      }`,
      'plugins/other.ts': 'export default class { processMessage() {} }',
    })
    const block = { list: [1] }
    const host = await home.host({ config: { one: block, other: { secret: 'x' } } })
    await host.start()
    expect(await host.ask('one', 'x')).toEqual({
      success: true,
      data: {
        refused: 4,
        config: { assistant: { name: 'Test' }, plugins: { one: { list: [1], nested: { deep: 'd' } } } },
      },
    })
    expect(Object.isFrozen(block.list)).toBe(false)
  })
})
