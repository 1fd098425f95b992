import { describe, beforeEach, expect, test } from 'vitest'
import { createTestHome, LEVELS, useLevel } from '../test-home.ts'

const CALCULATOR = `
import { definePlugin, z } from '@pluggram/sdk'

export default definePlugin({
  config: z.object({ unit: z.string().default('apples') }),
  tools: {
    add: {
      description: 'Adds two numbers',
      schema: z.object({ a: z.number(), b: z.number().describe('the second') }),
      role: 'everyone',
      effect: 'none',
      execute: ({ a, b }, { config, user }) => a + b + ' ' + config.unit + ' for ' + user.firstName,
    },
    plain: {
      description: 'Says what it is given',
      execute: () => ({ when: new Date(0), bytes: new Uint8Array(3), map: new Map([['a', 1n]]), run() {} }),
    },
    loud: { description: 'Gives too much', execute: () => 'x'.repeat(3_000_000) },
    wide: { description: 'Gives too much of something else', execute: () => Array.from({ length: 200_000 }, () => 1) },
    failing: { description: 'Throws', execute() { throw new Error('no apples left') } },
    waiting: {
      description: 'Waits until it is told to stop',
      execute: (_args, { signal }) =>
        new Promise((_, reject) => signal.addEventListener('abort', () => reject(signal.reason))),
    },
    answering: {
      description: 'Writes into the chat',
      async execute(_args, { reply }) { return reply('from the tool') },
    },
  },
})
`

describe.each(LEVELS)('%s', (level) => {
  beforeEach(() => useLevel(level))

  test('tools are described with their JSON Schema, role and effect', async () => {
    await using home = await createTestHome({ 'plugins/calculator.ts': CALCULATOR })
    const host = await home.host()
    expect((await host.start()).problems).toEqual([])
    const tools = host.registry.plugins()[0]?.descriptor.tools ?? []
    expect(tools[0]).toMatchObject({
      name: 'add',
      description: 'Adds two numbers',
      inputSchema: {
        type: 'object',
        properties: { a: { type: 'number' }, b: { type: 'number', description: 'the second' } },
        required: ['a', 'b'],
      },
      role: 'everyone',
      effect: 'none',
    })
    // unset members default to the most restrictive values
    expect(tools[1]).toMatchObject({ name: 'plain', role: 'owner', effect: 'external' })
  })

  test('a call gets checked arguments, the configuration and the context', async () => {
    await using home = await createTestHome({ 'plugins/calculator.ts': CALCULATOR })
    const host = await home.host({ config: { calculator: { unit: 'pears' } } })
    await host.start()
    expect(await host.callTool('calculator.add', { a: 1, b: 2 })).toBe('3 pears for Ann')
    await expect(host.callTool('calculator.add', { a: 1, b: '2' })).rejects.toMatchObject({
      code: 'tool-arguments-invalid',
      message: expect.stringMatching(/calculator\.add.* b: /),
    })
    await expect(host.callTool('calculator.add')).rejects.toMatchObject({ code: 'tool-arguments-invalid' })
    await expect(host.callTool('calculator.subtract', {})).rejects.toMatchObject({ code: 'tool-not-found' })
    await expect(host.callTool('calculator.toString', {})).rejects.toMatchObject({ code: 'tool-not-found' })
  })

  test('results are plain data of bounded size', async () => {
    await using home = await createTestHome({ 'plugins/calculator.ts': CALCULATOR })
    const host = await home.host()
    await host.start()
    expect(await host.callTool('calculator.plain')).toEqual({
      when: '1970-01-01T00:00:00.000Z',
      bytes: '3 bytes',
      map: { a: '1' },
      run: '…',
    })
    expect(String(await host.callTool('calculator.loud')).length).toBeLessThan(100_010)
    expect(JSON.stringify(await host.callTool('calculator.wide')).length).toBeLessThan(100_010)
  })

  test('a tool that throws, hangs or replies does that to its caller only', async () => {
    await using home = await createTestHome({ 'plugins/calculator.ts': CALCULATOR })
    const host = await home.host()
    await host.start()
    await expect(host.callTool('calculator.failing')).rejects.toThrow('no apples left')
    const controller = new AbortController()
    const waiting = host.callTool('calculator.waiting', {}, { signal: controller.signal })
    controller.abort(new Error('time is up'))
    await expect(waiting).rejects.toThrow('time is up')
    const replies: unknown[] = []
    await host.callTool(
      'calculator.answering',
      {},
      {
        reply: async (response) => {
          replies.push(response)
          return []
        },
      },
    )
    expect(replies).toEqual(['from the tool'])
    expect(await host.callTool('calculator.add', { a: 2, b: 2 })).toBe('4 apples for Ann')
  })

  test.each([
    [`add: { description: 'x' }`, /tools\.add\.execute: is no function/],
    [`add: { description: '', execute() {} }`, /tools\.add\.description: is empty/],
    [`Add: { description: 'x', execute() {} }`, /tools\.Add: .*lower case/],
    [`add: { description: 'x', schema: z.string(), execute() {} }`, /tools\.add\.schema: has no JSON form/],
    [`add: { description: 'x', role: 'admin', execute() {} }`, /tools\.add\.role/],
  ])('a manifest with tools { %s } is refused in words', async (tools, words) => {
    await using home = await createTestHome({
      'plugins/broken.ts': `import { definePlugin, z } from '@pluggram/sdk'\nexport default definePlugin({ tools: { ${tools} } } as never)`,
    })
    const { problems } = await (await home.host()).start()
    expect(problems).toMatchObject([
      { code: 'plugin-manifest-invalid', message: expect.stringMatching(words) },
    ])
  })
})

test('a tool of a plugin that ships is for everyone unless it says otherwise', async () => {
  await using home = await createTestHome({
    'shipped/lamp/index.ts': `export default class { static manifest = { tools: { on: { description: 'On', execute: () => 'on' } } } }`,
  })
  const host = await home.host({ shipped: [{ name: 'lamp', directory: `${home.directory}/shipped/lamp` }] })
  await host.start()
  expect(host.registry.plugins()[0]?.descriptor.tools).toMatchObject([
    { role: 'everyone', effect: 'external' },
  ])
})

test('what is known of a plugin from an earlier start has its tools', async () => {
  await using home = await createTestHome({ 'plugins/calculator.ts': CALCULATOR })
  const options = { level: 'process', dataFolder: `${home.directory}/data` } as const
  const first = await home.host(options)
  await first.start()
  await first.stop()
  const second = await home.host(options)
  await second.start()
  expect(second.states()).toMatchObject([{ state: 'idle' }])
  expect(second.registry.plugins()[0]?.descriptor.tools[0]).toMatchObject({ name: 'add', role: 'everyone' })
  expect(await second.callTool('calculator.add', { a: 1, b: 1 })).toBe('2 apples for Ann')
})
