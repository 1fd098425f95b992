import { beforeEach, describe, expect, test } from 'vitest'
import { createTestHome, LEVELS, useLevel } from '../test-home.ts'

const CALLER = `
import { definePlugin, z } from '@pluggram/sdk'
export default definePlugin({
  config: z.object({ host: z.string(), command: z.string().default('call') }),
  permissions: { network: ['api.example.com'], ai: true },
  commands: { about: { description: 'About it', execute: () => ({ success: true, response: 'about' }) } },
  configure({ host, command }) {
    if (host === 'nowhere') throw new Error('host: there is no such place')
    return {
      permissions: { network: [host] },
      commands: {
        [command]: { description: 'Calls', execute: (_args, { config }) => ({ success: true, response: config.host }) },
      },
    }
  },
})
`

describe.each(LEVELS)('%s', (level) => {
  beforeEach(() => useLevel(level))

  test('a configuration adds commands beside those that stand in the manifest', async () => {
    await using home = await createTestHome({ 'plugins/caller.js': CALLER })
    const host = await home.host({ config: { caller: { host: 'one.example.org', command: 'ring' } } })
    expect((await host.start()).problems).toEqual([])
    const [plugin] = host.registry.plugins()
    expect(plugin?.descriptor.commands.map(({ name }) => name)).toEqual(['about', 'ring'])
    const command = { name: 'ring', args: '' }
    expect(await host.ask('caller', '/ring', { command })).toEqual({
      success: true,
      response: 'one.example.org',
    })
  })

  test('a pattern of the owner that thinks for ever about a text holds up nobody', async () => {
    const taker = `import { definePlugin, z } from '@pluggram/sdk'
      export default definePlugin({
        config: z.object({ pattern: z.string() }),
        configure: ({ pattern }) => ({ patterns: [new RegExp(pattern, 'u')] }),
        setup: () => ({ processMessage: () => ({ success: true }) }),
      })`
    await using home = await createTestHome({ 'plugins/taker.js': taker })
    const host = await home.host({ config: { taker: { pattern: '^(a+)+$' } } })
    expect((await host.start()).problems).toEqual([])
    const [pattern] = host.registry.plugins()[0]?.descriptor.patterns ?? []
    expect(pattern?.test('aaa')).toBe(true)
    expect(pattern?.test(`${'a'.repeat(64)}!`)).toBe(false)
  })

  test('services are made for what the configuration asks for as well', async () => {
    await using home = await createTestHome({ 'plugins/caller.js': CALLER })
    const asked: unknown[] = []
    const host = await home.host({
      config: { caller: { host: '127.0.0.1' } },
      servicesFor: (_name, { permissions }) => {
        asked.push(permissions)
        throw new Error('seen')
      },
    })
    await host.start()
    expect(asked).toEqual([{ network: ['api.example.com', '127.0.0.1'], ai: true }])
  })

  test('a configuration that the plugin cannot work with leaves it out in words', async () => {
    await using home = await createTestHome({ 'plugins/caller.js': CALLER })
    const host = await home.host({ config: { caller: { host: 'nowhere' } } })
    expect((await host.start()).problems).toMatchObject([
      {
        code: 'plugin-config-invalid',
        message:
          'Plugin caller cannot work with its configuration: host: there is no such place. Correct plugins.caller in config.json.',
      },
    ])
  })

  test('a command that no bot can have is refused', async () => {
    await using home = await createTestHome({ 'plugins/caller.js': CALLER })
    const host = await home.host({ config: { caller: { host: 'a.example', command: 'No Name' } } })
    expect((await host.start()).problems).toMatchObject([{ code: 'plugin-config-invalid' }])
  })
})

test('in a process of its own, hosts of the configuration have to be granted like any other', async () => {
  await using home = await createTestHome({ 'plugins/caller.js': CALLER })
  const host = await home.host({
    level: 'process',
    config: { caller: { host: '127.0.0.1' } },
    grantsFor: () => ({ network: ['api.example.com'], ai: true }),
  })
  expect((await host.start()).problems).toMatchObject([
    { code: 'plugin-not-granted', message: expect.stringContaining('it needs network: 127.0.0.1,') },
  ])
})
