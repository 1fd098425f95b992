import path from 'node:path'
import { beforeEach, expect, test } from 'vitest'
import type { HostPlan } from '../host-plan.ts'
import { createTestHome, useLevel } from '../test-home.ts'
import type { TestHome } from '../test-home.ts'

beforeEach(() => useLevel('process'))

const COMMANDS_ONLY = `import { definePlugin } from '@pluggram/sdk'
export default definePlugin({
  version: '1.0.0',
  commands: { go: { description: 'Goes', execute: () => ({ success: true, response: 'went' }) } },
})`
const GO = { command: { name: 'go', args: '' } }

/** Starts everything once, so that it is known afterwards. */
async function getKnown(home: TestHome, options: Partial<HostPlan> = {}): Promise<string> {
  const dataFolder = path.join(home.directory, 'data')
  const host = await home.host({ dataFolder, ...options })
  expect((await host.start()).problems).toEqual([])
  await host.stop()
  return dataFolder
}

test('a plugin that did not change needs no process until it is used, and none after it is left alone', async () => {
  await using home = await createTestHome({ 'plugins/one.js': COMMANDS_ONLY })
  const limitsFor = (): { idleSeconds: number } => ({ idleSeconds: 1 })
  const dataFolder = await getKnown(home, { limitsFor })
  const lazy = await home.host({ dataFolder, limitsFor })
  expect(await lazy.start()).toMatchObject({ problems: [], states: [{ state: 'idle', version: '1.0.0' }] })
  expect(lazy.registry.plugins()[0]?.descriptor.commands).toMatchObject([{ name: 'go' }])
  expect(await lazy.statuses()).toMatchObject([{ status: { status: 'idle' } }])
  expect(await lazy.ask('one', '/go', GO)).toEqual({ success: true, response: 'went' })
  expect(lazy.states()).toMatchObject([{ state: 'running' }])
  await expect.poll(() => lazy.states()[0]?.state).toBe('idle')
  expect(await lazy.ask('one', '/go', GO)).toEqual({ success: true, response: 'went' })
})

test('a plugin that works by itself is started at once', async () => {
  await using home = await createTestHome({
    'plugins/clock.js': `export default class { constructor(config, { effects }) { effects.setInterval('tick', 1_000, () => {}) } }`,
  })
  const host = await home.host({ dataFolder: await getKnown(home) })
  await host.start()
  expect(host.states()).toMatchObject([{ name: 'clock', state: 'running', effects: ['tick'] }])
})

test('a plugin that is asked about everything is started before the first message', async () => {
  await using home = await createTestHome({
    'plugins/all.js': 'export default class { processMessage() {} }',
  })
  const host = await home.host({ dataFolder: await getKnown(home) })
  await host.start()
  await expect.poll(() => host.states()[0]?.state).toBe('running')
})

test('plugins nobody asked for yet are started one after another', async () => {
  const asked = 'export default class { processMessage() {} }'
  const names = ['one', 'two', 'three', 'four']
  await using home = await createTestHome(
    Object.fromEntries(names.map((name) => [`plugins/${name}.js`, asked])),
  )
  const host = await home.host({ dataFolder: await getKnown(home) })
  await host.start()
  const atOnce = new Set<number>()
  await expect
    .poll(
      () => {
        const states = host.states().map(({ state }) => state)
        atOnce.add(states.filter((state) => state === 'starting').length)
        return states
      },
      { interval: 5 },
    )
    .toEqual(names.map(() => 'running'))
  expect(Math.max(...atOnce)).toBe(1)
})

test('another configuration is checked before it is used', async () => {
  await using home = await createTestHome({
    'plugins/strict.js': `import { z } from '@pluggram/sdk'
      export default class { static manifest = { config: z.object({ size: z.number().default(1) }), commands: { go: { description: 'x' } } }; processMessage() {} }`,
  })
  const host = await home.host({ dataFolder: await getKnown(home), config: { strict: { size: 'big' } } })
  expect((await host.start()).problems).toMatchObject([{ plugin: 'strict', code: 'plugin-config-invalid' }])
})

test('what is asked for beyond what is granted keeps a plugin from starting, until it is granted', async () => {
  await using home = await createTestHome({
    'plugins/eager.js': `export default class { static manifest = { permissions: { ai: true, network: ['a.example'] } }
      processMessage() { return { success: true, response: 'started' } } }`,
  })
  const dataFolder = path.join(home.directory, 'data')
  const host = await home.host({ dataFolder, grantsFor: () => ({ ai: true }) })
  const { problems } = await host.start()
  expect(problems).toMatchObject([
    {
      plugin: 'eager',
      code: 'plugin-not-granted',
      message: expect.stringMatching(
        /network: a\.example, which has not been granted.*pluggram plugins grant eager --yes/,
      ),
    },
  ])
  expect(host.registry.plugins()).toEqual([])
  const granted = await home.host({ dataFolder, grantsFor: () => ({ ai: true, network: ['a.example'] }) })
  expect((await granted.start()).problems).toEqual([])
  expect(await granted.ask('eager', 'x')).toEqual({ success: true, response: 'started' })
})

test('a message past the plugin’s own limit is called off, and its process ended when it does not listen', async () => {
  await using home = await createTestHome({
    'plugins/deaf.js': `export default class { static manifest = { timeouts: { callSeconds: 0.8 } }
      processMessage(message) { return message === 'hang' ? new Promise(() => {}) : { success: true, response: 'here' } } }`,
    'plugins/listening.js': `export default class { static manifest = { timeouts: { callSeconds: 0.8 } }
      processMessage(message, { signal }) {
        return new Promise((_, reject) => signal.addEventListener('abort', () => reject(signal.reason))) } }`,
  })
  const host = await home.host()
  await host.start()
  await expect(host.ask('listening', 'x')).rejects.toMatchObject({ code: 'plugin-timeout' })
  expect(host.states()).toMatchObject([{ name: 'deaf' }, { name: 'listening', crashes: 0 }])
  await expect(host.ask('deaf', 'hang')).rejects.toMatchObject({ code: 'plugin-timeout' })
  expect(host.states()).toMatchObject([
    { name: 'deaf', crashes: 1 },
    { name: 'listening', crashes: 0 },
  ])
  expect(await host.ask('deaf', 'hello')).toEqual({ success: true, response: 'here' })
})
