import { ownCommands } from '@pluggram/sdk/runtime'
import type { CallKind, RunnablePlugin } from '@pluggram/sdk/runtime'
import { expect, test } from 'vitest'
import { ListedRegistry } from './listed-registry.ts'
import { OwnersOrder } from './routing-order.ts'

function plugin(name: string, told: unknown[] = []): RunnablePlugin {
  const command = { name: 'go', description: 'Goes', examples: [], inMenu: true, isUrgent: false }
  return {
    descriptor: {
      name,
      commands: [command, { ...command, name }],
      tools: [],
      schedules: [],
      patterns: [],
      updates: ['message'],
      priority: 0,
      answers: ['handle', 'observe'],
    },
    ask: async (kind: CallKind) => void told.push(kind) as never,
  }
}

const silent = { debug() {}, info() {}, warn() {}, error() {} }

test('a plugin that loses a command to another is the same plugin and keeps everything else', async () => {
  const told: unknown[] = []
  const loser = plugin('b', told)
  const registry = new ListedRegistry(new OwnersOrder([], ['a', 'b']), silent)
  registry.change({ add: [plugin('a'), loser].map((runnable) => ({ runnable, isBuiltIn: false })) })
  const listed = registry.plugins()
  expect(listed.map(({ descriptor }) => ownCommands(registry, descriptor).map(({ name }) => name))).toEqual([
    ['go', 'a'],
    ['b'],
  ])
  expect([registry.ownerOf('go'), registry.ownerOf('b'), registry.ownerOf('c')]).toEqual([
    'a',
    'b',
    undefined,
  ])
  expect(listed[1]).toBe(loser)
  await listed[1]?.ask('observe', 'event' as never)
  await listed[1]?.ask('schedule', {} as never)
  await listed[1]?.ask('forget', { userId: 7 })
  expect(told).toEqual(['observe', 'schedule', 'forget'])
  // a changed order gives the command to the other plugin
  registry.setOrder(new OwnersOrder([], ['b', 'a']))
  expect(registry.ownerOf('go')).toBe('b')
})
