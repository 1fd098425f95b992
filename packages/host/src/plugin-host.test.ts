import { beforeEach, describe, expect, test, vi } from 'vitest'
import { definePlugin } from '@pluggram/sdk'
import { ownCommands } from '@pluggram/sdk/runtime'
import { createTestHome, LEVELS, useLevel } from './test-home.ts'

describe.each(LEVELS)('%s', (level) => {
  beforeEach(() => useLevel(level))

  const answering = (text: string): string =>
    `export default class { processMessage() { return { success: true, response: '${text}' } } }`
  const withManifest = (manifest: string): string =>
    `export default class { static manifest = ${manifest}; processMessage() { return undefined } }`

  describe('the order in which plugins are asked', () => {
    test('is built-in, then those with patterns, then priority, then the owner, then the name', async () => {
      await using home = await createTestHome({
        'plugins/a_late.ts': answering('x'),
        'plugins/b_second.ts': answering('x'),
        'plugins/c_first.ts': answering('x'),
        'plugins/d_urgent.ts': withManifest('{ priority: 5 }'),
        'plugins/e_last.ts': withManifest('{ priority: -1000 }'),
        'plugins/f_pattern.ts': withManifest('{ patterns: [/x/g], priority: -5 }'),
        'plugins/g_late.ts': answering('x'),
      })
      const builtIn = [{ name: 'assistant', definition: definePlugin({ priority: -9, setup: () => ({}) }) }]
      const host = await home.host({ order: ['c_first', 'b_second', 'e_last'], builtIn })
      await host.start()
      const listed = host.registry.plugins().map(({ descriptor }) => descriptor.name)
      expect(listed).toEqual([
        'assistant',
        'f_pattern',
        'd_urgent',
        'c_first',
        'b_second',
        'a_late',
        'g_late',
        'e_last',
      ])
      expect(host.registry.plugins()[1]?.descriptor.patterns).toEqual([/x/])
      expect(host.states().map(({ name }) => name)).toEqual([
        'assistant',
        'c_first',
        'b_second',
        'e_last',
        'a_late',
        'd_urgent',
        'f_pattern',
        'g_late',
      ])
    })

    test('does not depend on how long each plugin takes to start', async () => {
      await using home = await createTestHome({
        'plugins/a.ts': `await new Promise((resolve) => setTimeout(resolve, 1_500))\n${withManifest("{ commands: { go: { description: 'A' } } }")}`,
        'plugins/b.ts': withManifest(
          "{ commands: { go: { description: 'B' }, stay: { description: 'B' } } }",
        ),
      })
      const host = await home.host()
      const started = host.start()
      const seen: string[][] = []
      host.registry.onChange(() => {
        seen.push(
          host.registry
            .plugins()
            .flatMap(({ descriptor }) =>
              ownCommands(host.registry, descriptor).map((c) => `${descriptor.name}/${c.name}`),
            ),
        )
      })
      const { problems } = await started
      expect(seen).toEqual([
        ['b/go', 'b/stay'],
        ['a/go', 'b/stay'],
      ])
      expect(problems).toMatchObject([
        {
          plugin: 'b',
          severity: 'warning',
          code: 'plugin-duplicate',
          message: expect.stringMatching(/b: \/go is already taken by a,/),
        },
      ])
    })
  })

  test('a command with execute is called with its arguments, others go to processMessage', async () => {
    await using home = await createTestHome({
      'plugins/both.ts': `import { definePlugin, z } from '@pluggram/sdk'
      export default definePlugin({
        config: z.object({ word: z.string() }),
        commands: {
          run: { description: 'Runs', execute: (args, context) => ({ success: true, data: [args, context.config, context.chat.id, context.attempt] }) },
          talk: { description: 'Talks' },
        },
        setup: () => ({ processMessage: (message, { command }) => ({ success: true, data: ['message', message, command?.name ?? ''] }) }),
      })`,
    })
    const host = await home.host({ config: { both: { word: 'w' } } })
    await host.start()
    const ask = (name: string, args: string): Promise<unknown> =>
      host.ask('both', `/${name} ${args}`, { command: { name, args } })
    expect(await ask('run', 'a b')).toEqual({ success: true, data: ['a b', { word: 'w' }, 1, 1] })
    expect(await ask('talk', 'a')).toEqual({ success: true, data: ['message', '/talk a', 'talk'] })
    expect(await ask('constructor', 'a')).toEqual({
      success: true,
      data: ['message', '/constructor a', 'constructor'],
    })
    expect(await host.ask('both', 'plain')).toEqual({ success: true, data: ['message', 'plain', ''] })
  })

  test('what a plugin throws comes out as it was thrown', async () => {
    await using home = await createTestHome({
      'plugins/thrower.ts': `export default class { processMessage() { throw Object.assign(new Error('mine'), { detail: 7 }) } }`,
    })
    const host = await home.host()
    await host.start()
    await expect(host.ask('thrower', 'x')).rejects.toMatchObject({ message: 'mine', detail: 7 })
  })

  describe('status', () => {
    test('comes from getStatus, and a plugin that fails at it is told as failing', async () => {
      await using home = await createTestHome({
        'plugins/circular.ts': `export default class { getStatus() { const s = { status: 'x' }; s.s = s; return s } }`,
        'plugins/hanging.ts': 'export default class { getStatus() { return new Promise(() => {}) } }',
        'plugins/none.ts': 'export default class {}',
        'plugins/odd.ts': 'export default class { getStatus() { return 5 } }',
        'plugins/throwing.ts': `export default class { getStatus() { throw new Error('down') } }`,
        'plugins/well.ts': `export default class { static manifest = { version: '1.2.3' }; getStatus() { return { status: 'active', since: new Date(0), n: 1 } } }`,
      })
      const host = await home.host({ timeouts: { statusSeconds: 1 } })
      await host.start()
      const statuses = await host.statuses()
      expect(statuses.map(({ status }) => status)).toEqual([
        { status: 'failing', error: 'getStatus: getStatus gave something that cannot be written as JSON' },
        { status: 'failing', error: 'getStatus: not finished within 1 s' },
        { status: 'active' },
        { status: 'failing', error: "getStatus: getStatus must give an object such as { status: 'active' }" },
        { status: 'failing', error: 'getStatus: down' },
        { status: 'active', since: '1970-01-01T00:00:00.000Z', n: 1 },
      ])
      expect(statuses.at(-1)).toMatchObject({ version: '1.2.3' })
    })
  })

  const recording = (name: string, cleanup = ''): string => `export default class {
  constructor(config, { effects, logger }) {
    this.log = (what) => logger.info('${name} ' + what)
    effects.add('first of ${name}', () => this.log('first'))
    effects.add('second of ${name}', () => this.log('second'))
  }
  async cleanup() { this.log('cleanup'); ${cleanup} }
}`

  describe('stop', () => {
    test('runs cleanups in reverse order, each followed by its effects, last in first out', async () => {
      await using home = await createTestHome({
        'plugins/one.ts': recording('one'),
        'plugins/two.ts': recording('two', 'throw new Error("cannot stop")'),
        'plugins/three.ts': recording('three'),
      })
      const host = await home.host({ order: ['one', 'two', 'three'] })
      await host.start()
      expect(host.states()[0]?.effects).toEqual(['first of one', 'second of one'])
      const onChange = vi.fn<() => void>()
      host.registry.onChange(onChange)
      const [runnable] = host.registry.plugins()
      await Promise.all([host.stop(), host.stop()])
      expect(host.logged).toEqual(
        ['three', 'two', 'one'].flatMap((name) => [`${name} cleanup`, `${name} second`, `${name} first`]),
      )
      expect(host.reported).toMatchObject([
        { plugin: 'two', error: { message: 'cannot stop' }, context: { during: 'cleanup' } },
      ])
      expect(host.states().map(({ state, effects }) => [state, effects])).toEqual([
        ['stopped', []],
        ['stopped', []],
        ['stopped', []],
      ])
      expect(host.registry.plugins()).toEqual([])
      expect(onChange).toHaveBeenCalledTimes(1)
      await expect(runnable?.ask('handle', {} as never)).rejects.toThrow('Plugin one was stopped')
    })

    test('is bounded by twice the deadline when several plugins hang, and still disposes their effects', async () => {
      const names = ['a', 'b', 'c', 'd', 'e']
      await using home = await createTestHome(
        Object.fromEntries(
          names.map((name) => [`plugins/${name}.ts`, recording(name, 'await new Promise(() => {})')]),
        ),
      )
      const host = await home.host({ timeouts: { cleanupSeconds: 2 } })
      await host.start()
      const start = performance.now()
      await host.stop()
      // in sequence they would take ten seconds
      expect(performance.now() - start).toBeLessThan(9_000)
      expect(host.logged).toEqual(expect.arrayContaining(names.map((name) => `${name} first`)))
      expect(host.reported).toHaveLength(5)
    })

    test('during a start ends what already runs and does not wait for what hangs', async () => {
      await using home = await createTestHome({
        'plugins/quick.ts': recording('quick'),
        'plugins/slow.ts': 'await new Promise(() => {})\nexport default class {}',
      })
      const host = await home.host({ timeouts: { startSeconds: 30 } })
      const started = host.start()
      await vi.waitFor(() => expect(host.registry.plugins()).toHaveLength(1), 30_000)
      await host.stop()
      expect((await started).problems).toEqual([])
      expect(host.states().map(({ name, state }) => [name, state])).toEqual([
        ['quick', 'stopped'],
        ['slow', 'stopped'],
      ])
      expect(host.logged).toContain('quick cleanup')
    })
  })

  test('plugins start side by side', async () => {
    const sleep = 'await new Promise((resolve) => setTimeout(resolve, 3_000))\nexport default class {}'
    await using home = await createTestHome(
      Object.fromEntries(['a', 'b', 'c', 'd'].map((name) => [`plugins/${name}.ts`, sleep])),
    )
    const host = await home.host()
    const start = performance.now()
    await host.start()
    // in sequence they would take twelve seconds
    expect(performance.now() - start).toBeLessThan(10_000)
  })

  test('a listener that throws hinders neither the start nor other listeners', async () => {
    await using home = await createTestHome({ 'plugins/one.ts': answering('x') })
    const host = await home.host()
    const second = vi.fn<() => void>()
    host.registry.onChange(() => {
      throw new Error('listener')
    })
    const leave = host.registry.onChange(second)
    await host.start()
    expect(second).toHaveBeenCalledTimes(1)
    leave()
    await host.stop()
    expect(second).toHaveBeenCalledTimes(1)
  })

  test('configuration or services that cannot be had are a problem of that plugin only', async () => {
    await using home = await createTestHome({
      'plugins/one.ts': answering('x'),
      'plugins/two.ts': answering('fine'),
    })
    const host = await home.host({
      configFor(name) {
        if (name === 'one') throw new Error('no block')
        return { block: {} }
      },
    })
    const { problems } = await host.start()
    expect(problems).toMatchObject([{ plugin: 'one', message: 'Plugin one did not start: no block.' }])
    expect(await host.ask('two', 'x')).toEqual({ success: true, response: 'fine' })
  })

  test('the names and commands of the assistant itself cannot be taken', async () => {
    await using home = await createTestHome({
      'plugins/assistant.ts': answering('x'),
      'plugins/helper.ts': withManifest("{ commands: { help: { description: 'Mine' } } }"),
    })
    const definition = definePlugin({
      commands: { help: { description: 'Help', execute: () => ({ success: true, response: 'own' }) } },
    })
    const host = await home.host({ builtIn: [{ name: 'assistant', definition }] })
    const { problems } = await host.start()
    expect(problems.map(({ severity, message }) => `${severity} ${message}`)).toEqual([
      `error Plugin assistant: the assistant itself uses that name. Rename ${home.directory}/plugins/assistant.ts.`,
      "warning Plugin helper: /help is the assistant's own. Rename the command.",
    ])
    expect(host.states().map(({ name, origin, state }) => [name, origin, state])).toEqual([
      ['assistant', 'built-in', 'running'],
      ['assistant', 'home', 'failed'],
      ['helper', 'home', 'running'],
    ])
    const command = { name: 'help', args: '' }
    expect(await host.ask('assistant', '/help', { command })).toEqual({ success: true, response: 'own' })
  })

  test('a host that was stopped before it started starts nothing', async () => {
    await using home = await createTestHome({ 'plugins/one.ts': 'globalThis.startedAfterStop = true' })
    const host = await home.host()
    await host.stop()
    await host.start()
    expect(host.registry.plugins()).toEqual([])
    expect(Reflect.has(globalThis, 'startedAfterStop')).toBe(false)
  })
})
