import { describe, expect, it } from 'vitest'
import { z } from 'zod'
import { loadConfiguration } from './load-configuration.ts'
import type { LoadedConfiguration } from './loaded-configuration.ts'
import { applyPluginEnvironment } from './plugin-environment.ts'
import { createTestHome } from './test-home.ts'

async function load(
  environment: Record<string, string>,
  names: readonly string[],
  plugins: object = {},
  envFile = '',
): Promise<LoadedConfiguration> {
  await using home = await createTestHome({ 'config.json': { plugins }, '.env': envFile })
  return applyPluginEnvironment(await loadConfiguration({ home: home.home, environment }), names)
}

describe('applyPluginEnvironment', () => {
  it('sets a key over the one in config.json and says where it comes from', async () => {
    const loaded = await load({ MY_PLUGIN_API_KEY: 'from-process' }, ['my_plugin'], {
      my_plugin: { api_key: 'from-file', size: 1 },
    })
    expect(loaded.pluginBlock('my_plugin')).toEqual({ api_key: 'from-process', size: 1 })
    expect(loaded.plugins.blocks['my_plugin']).toEqual({ api_key: 'from-process', size: 1 })
    expect(loaded.locate(['plugins', 'my_plugin', 'api_key'])).toMatchObject({
      via: 'environment MY_PLUGIN_API_KEY',
    })
    expect(loaded.locate(['plugins', 'my_plugin', 'size'])).toMatchObject({ via: 'config.json' })
    expect(loaded.secrets).toContain('from-process')
  })

  it('makes a block where there is none, also from .env', async () => {
    const loaded = await load({}, ['my_plugin'], {}, 'X=1\nMY_PLUGIN_API_KEY=from-file\n')
    expect(loaded.pluginBlock('my_plugin')).toEqual({ api_key: 'from-file' })
    expect(loaded.locate(['plugins', 'my_plugin', 'api_key'])).toMatchObject({ line: 2, via: '.env' })
  })

  it('gives a variable to the longest plugin name that fits', async () => {
    const loaded = await load({ MY_PLUGIN_API_KEY: 'a', MY_OTHER: 'b', MY_: 'c', MYSELF: 'd' }, [
      'my',
      'my_plugin',
    ])
    expect({ ...loaded.plugins.blocks }).toEqual({ my_plugin: { api_key: 'a' }, my: { other: 'b' } })
  })

  it('ignores plugins that do not exist and variables in lower case', async () => {
    const loaded = await load({ OTHER_KEY: 'a', my_plugin_key: 'b', My_Plugin_Key: 'c' }, ['my_plugin'])
    expect({ ...loaded.plugins.blocks }).toEqual({})
  })

  it("keeps the assistant's own variables from a plugin of a telling name", async () => {
    const loaded = await load(
      {
        OPENAI_API_KEY: 'a',
        TELEGRAM_BOT_TOKEN: '1:a',
        DATABASE_URL: 'b',
        LOG_LEVEL: 'info',
        PLUGGRAM_PASSWORD: 'cccccccc',
      },
      ['openai', 'telegram', 'database', 'log', 'pluggram'],
    )
    expect({ ...loaded.plugins.blocks }).toEqual({})
  })

  it.each(['MY___PROTO__', 'MY_CONSTRUCTOR', 'MY_PROTOTYPE'])('refuses %s with a warning', async (name) => {
    const loaded = await load({ [name]: 'x' }, ['my'])
    expect({ ...loaded.plugins.blocks }).toEqual({})
    expect(loaded.problems).toMatchObject([{ severity: 'warning', path: name, file: 'environment' }])
  })

  it('leaves the configuration it was given as it was', async () => {
    await using home = await createTestHome({ 'config.json': { plugins: { my: { a: 1 } } } })
    const before = await loadConfiguration({ home: home.home, environment: { MY_B: 'x' } })
    applyPluginEnvironment(before, ['my'])
    expect(before.pluginBlock('my')).toEqual({ a: 1 })
  })
})

describe('pluginBlock with a JSON Schema', () => {
  const schema = z.toJSONSchema(
    z.strictObject({
      api_key: z.string().optional(),
      max: z.number().optional(),
      is_on: z.boolean().optional(),
      names: z.array(z.string()).optional(),
      deep: z.object({ sizes: z.array(z.number()) }).optional(),
    }),
  )

  it('reads text from the environment as the types it asks for', async () => {
    const loaded = await load(
      { MY_MAX: '3', MY_IS_ON: 'true', MY_NAMES: '["a"]', MY_API_KEY: '12', SIZE: '7' },
      ['my'],
      { my: { deep: { sizes: ['${SIZE}'] } } },
    )
    expect(loaded.pluginBlock('my', schema)).toEqual({
      max: 3,
      is_on: true,
      names: ['a'],
      api_key: '12',
      deep: { sizes: [7] },
    })
    expect(loaded.pluginBlock('my')).toMatchObject({ max: '3', is_on: 'true' })
  })

  it('leaves text that a person wrote into the file alone', async () => {
    const loaded = await load({}, ['my'], { my: { max: '3' } })
    expect(loaded.pluginBlock('my', schema)).toEqual({ max: '3' })
  })

  it('drops foreign variables and the old "enabled", but keeps what a person mistyped', async () => {
    const loaded = await load({ MY_UNRELATED: 'x' }, ['my'], { my: { enabled: false, maximum: 3 } })
    expect(loaded.pluginBlock('my', schema)).toEqual({ maximum: 3 })
    expect(loaded.pluginBlock('my')).toEqual({ enabled: false, maximum: 3, unrelated: 'x' })
  })
})
