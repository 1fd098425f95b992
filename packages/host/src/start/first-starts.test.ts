import path from 'node:path'
import { expect, test } from 'vitest'
import { discoverPlugins } from '../discover/discover-plugins.ts'
import type { HostPlan } from '../host-plan.ts'
import { createTestHome } from '../test-home.ts'

const answering = (top: string): string =>
  `${top}\nexport default class { processMessage() { return { success: true, response: 'here' } } }`

const HANGS = 'await new Promise(() => {})'

test('a plugin that takes its time is pending until it is there, and with its own time at most', async () => {
  const gate = Promise.withResolvers<void>()
  Reflect.set(globalThis, 'slowGate', gate.promise)
  await using home = await createTestHome({
    'plugins/slow.js': answering('await globalThis.slowGate'),
    'plugins/quick.js': answering(''),
    'plugins/hanging.js': answering(HANGS),
  })
  const host = await home.host({ timeouts: { startSeconds: 3 } })
  const starting = host.start()
  const pending = (): string[] => (host.registry.pending ?? []).map(({ name }) => name)
  await expect.poll(pending).toEqual(['hanging', 'slow'])
  const [, slow] = host.registry.pending ?? []
  gate.resolve()
  await slow?.settled
  expect(pending()).toEqual(['hanging'])
  expect(await host.ask('slow', 'hi')).toMatchObject({ response: 'here' })
  await starting
  expect(pending()).toEqual([])
})

test('nobody waits again for a plugin that could not be started as it is', async () => {
  await using home = await createTestHome({ 'plugins/hanging.js': answering(HANGS) })
  const dataFolder = path.join(home.directory, 'data')
  const options = { timeouts: { startSeconds: 0.3 }, dataFolder }
  const names: string[][] = []
  for (const change of [undefined, undefined, answering(`${HANGS} // changed`)]) {
    if (change !== undefined) await home.write('plugins/hanging.js', change)
    const host = await home.host(options)
    const starting = host.start()
    const seen = new Set<string>()
    const looking = setInterval(() => {
      for (const { name } of host.registry.pending ?? []) seen.add(name)
    }, 5)
    await starting
    clearInterval(looking)
    names.push([...seen])
  }
  expect(names).toEqual([['hanging'], [], ['hanging']])
})

test('a plugin that hung keeps no later change waiting, and is tried again when somebody asks for it', async () => {
  await using home = await createTestHome({
    'plugins/hanging.js': answering(HANGS),
  })
  const host = await home.host({ timeouts: { startSeconds: 5 } })
  expect((await host.start()).states).toMatchObject([{ state: 'failed' }])
  const before = performance.now()
  const plan: HostPlan = {
    ...(await discoverPlugins({ home: home.directory, shipped: [] })),
    isEnabled: () => true,
    order: [],
    levelFor: () => 'inline',
    configFor: () => ({ block: {} }),
  }
  expect((await host.apply(plan)).problems).toMatchObject([{ plugin: 'hanging' }])
  expect(performance.now() - before).toBeLessThan(4_500)
  const retry = host.restart('hanging')
  await expect.poll(() => host.states()).toMatchObject([{ state: 'starting' }])
  expect(await retry).toBe(true)
})
