import { rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { long } from '@pluggram/testing/long'
import { afterEach, describe, expect, test } from 'vitest'
import { startAssistant } from './support/assistant.ts'
import { createHome, removeHomes } from './support/home.ts'
import { stopAllPrograms } from './support/program.ts'

/** Needs two settings, accepts two more, and no others. */
const SCHEMA = `z.strictObject({
    api_key: z.string(),
    city: z.string(),
    max_results: z.int().default(3),
    server: z.strictObject({ host: z.string() }).optional(),
  })`
const FUNCTION = `import { definePlugin, z } from '@pluggram/sdk'
export default definePlugin({
  config: ${SCHEMA},
  setup: () => ({ processMessage: () => undefined }),
})`
const CLASS = `import { defineManifest, z } from '@pluggram/sdk'
export default class MyPlugin {
  static manifest = defineManifest({ config: ${SCHEMA} })
  processMessage() { return undefined }
}`

const ON = { enabled_plugins: { my_plugin: true, dice: true } }

afterEach(async () => {
  await stopAllPrograms()
  await removeHomes()
})

/** The ways to write it and to run it. */
const FORMS: Readonly<Record<string, { readonly source: string; readonly isolation: string }>> = {
  function_in_process: { source: FUNCTION, isolation: 'process' },
  class_in_process: { source: CLASS, isolation: 'process' },
  function_inside: { source: FUNCTION, isolation: 'inline' },
  class_inside: { source: CLASS, isolation: 'inline' },
}

/** Starts a home with that plugin and returns the program's output. */
async function outputOf(config: string | undefined): Promise<string> {
  const home = await createHome({
    'plugins/my_plugin.ts': FUNCTION,
    'plugins_config.json': ON,
    ...(config !== undefined && { 'config.json': config }),
  })
  const assistant = await startAssistant(home)
  await assistant.waitFor(/plugins\.my_plugin/)
  const ready = await fetch(`${assistant.url}/readyz`)
  // the rest of the assistant works, and the plugin at fault is named
  expect(ready.status).toBe(200)
  expect(await ready.text()).toContain('Missing required config: plugins.my_plugin.')
  await assistant.stop('SIGTERM')
  return assistant.output()
}

const WITHOUT_BLOCK: readonly (readonly [string, string | undefined, string])[] = [
  [
    'its block is missing',
    '{\n  "assistant": { "name": "Ada" },\n  "plugins": {\n  }\n}',
    'config\\.json:3:',
  ],
  ['plugins are missing', '{\n  "assistant": { "name": "Ada" }\n}', 'config\\.json:1:'],
  ['the file is empty but for braces', '{}', 'config\\.json:1:'],
  ['there is no file', undefined, 'config\\.json'],
]

describe('a plugin lacks what it needs', () => {
  test('however it is written and run, every missing key is told with the line of its block', async () => {
    const names = Object.keys(FORMS)
    const home = await createHome({
      ...Object.fromEntries(names.map((name) => [`plugins/${name}.ts`, FORMS[name]?.source ?? ''])),
      'plugins_config.json': { enabled_plugins: Object.fromEntries(names.map((name) => [name, true])) },
      'config.json': [
        '{ "plugins": {',
        names.map((name) => `    "${name}": { "max_results": 4 }`).join(',\n'),
        `  }, "plugin_host": { "plugins": ${JSON.stringify(Object.fromEntries(names.map((name) => [name, { isolation: FORMS[name]?.isolation }])))} } }`,
      ].join('\n'),
    })
    const assistant = await startAssistant(home)
    for (const [index, name] of names.entries()) {
      for (const key of ['api_key', 'city']) {
        await assistant.waitFor(
          new RegExp(
            `config\\.json:${index + 2}:\\d+: .*Missing required config: plugins\\.${name}\\.${key}\\b`,
          ),
        )
      }
      await assistant.waitFor(new RegExp(`${name.toUpperCase()}_API_KEY`))
    }
    const ready = await fetch(`${assistant.url}/readyz`)
    // the rest of the assistant works, and the plugins at fault are named
    expect(ready.status).toBe(200)
    const report = await ready.text()
    for (const name of names) expect(report).toContain(`Missing required config: plugins.${name}.`)
  })

  // describe-plugin-issues.test.ts in packages/config tells the places without a program
  test.each(long(WITHOUT_BLOCK.slice(0, 1), WITHOUT_BLOCK.slice(1)))('%s', async (_, config, place) => {
    const output = await outputOf(config)
    for (const key of ['api_key', 'city'])
      expect(output).toMatch(new RegExp(`${place}.*Missing required config: plugins\\.my_plugin\\.${key}\\b`))
  })

  test('wrong types, unknown keys and missing ones come together, each with its line', async () => {
    const output = await outputOf(
      '{\n  "plugins": {\n    "my_plugin": {\n      "api_key": "hunter2-hunter2",\n      "max_results": "many",\n      "server": {\n        "port": 80\n      },\n      "max_result": 4\n    }\n  }\n}',
    )
    expect(output).toMatch(/config\.json:3:\d+: .*Missing required config: plugins\.my_plugin\.city/)
    expect(output).toMatch(/config\.json:5:\d+: plugins\.my_plugin\.max_results: expected .*number, but got/)
    expect(output).toMatch(/config\.json:6:\d+: .*Missing required config: plugins\.my_plugin\.server\.host/)
    expect(output).toMatch(
      /config\.json:9:\d+: plugins\.my_plugin\.max_result: .*did you mean \\?"max_results\\?"\?/i,
    )
    expect(output).not.toContain('hunter2')
  })
})

test('a key that a plugin leaves out without a word is warned of, with what was meant', async () => {
  const home = await createHome({
    'config.json': '{\n  "plugins": {\n    "dice": {\n      "max_dises": 4\n    }\n  }\n}',
    'plugins_config.json': { enabled_plugins: { dice: true } },
  })
  const assistant = await startAssistant(home)
  await assistant.waitFor(
    /config\.json:4:\d+: plugins\.dice\.max_dises: .*[Dd]id you mean \\?"max_dice\\?"\?/,
  )
})

test('what was missing is there as soon as the file has it', async () => {
  const home = await createHome({ 'plugins/my_plugin.ts': FUNCTION, 'plugins_config.json': ON })
  const assistant = await startAssistant(home)
  await assistant.waitFor(/Missing required config: plugins\.my_plugin\.city/)
  const block = { api_key: 'abcdefgh', city: 'Ulm' }
  await writeFile(join(home, 'config.json'), JSON.stringify({ plugins: { my_plugin: block } }))
  await assistant.waitFor(/reloaded: my_plugin/)
  const ready = await (await fetch(`${assistant.url}/readyz`)).text()
  expect(ready).not.toContain('Missing required')
  await rm(join(home, 'config.json'))
  await assistant.waitFor(
    /Missing required config: plugins\.my_plugin\.city[^]*Missing required config: plugins\.my_plugin\.city/,
  )
})

test('a variable that is not set leaves its plugin out, and /readyz says so until it is set', async () => {
  const home = await createHome({
    'plugins/my_plugin.ts': FUNCTION,
    'plugins_config.json': ON,
    'config.json': { plugins: { my_plugin: { api_key: '${NOT_SET_ANYWHERE}', city: 'Ulm' } } },
  })
  const assistant = await startAssistant(home)
  const readPlugins = async (): Promise<unknown> => {
    const report = (await (await fetch(`${assistant.url}/readyz`)).json()) as {
      components: { plugins: unknown }
    }
    return report.components.plugins
  }
  await expect.poll(readPlugins).toMatchObject({
    status: 'degraded',
    plugins: {
      dice: { state: 'running' },
      my_plugin: { state: 'failed', problem: expect.stringContaining('NOT_SET_ANYWHERE') },
    },
  })
  await writeFile(join(home, '.env'), 'NOT_SET_ANYWHERE=abcdefgh\n')
  await assistant.waitFor(/reloaded: my_plugin/)
  const plugins = { my_plugin: { state: expect.stringMatching(/running|idle/) } }
  await expect.poll(readPlugins).toMatchObject({ status: 'ok', plugins })
})
