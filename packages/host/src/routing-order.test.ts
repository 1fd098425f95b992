import type { RunnablePlugin } from '@pluggram/sdk/runtime'
import { expect, test } from 'vitest'
import { OwnersOrder, routePlugins } from './routing-order.ts'

function plugin(name: string, more: Partial<RunnablePlugin> = {}): RunnablePlugin {
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
      answersMessages: true,
      observes: true,
    },
    handle: () => undefined,
    callTool: async () => undefined,
    ...more,
  }
}

test('a plugin that loses a command to another keeps everything else', async () => {
  const told: unknown[] = []
  const loser = plugin('b', {
    observe: (event) => void told.push(event),
    runSchedule: async (task) => void told.push(task),
    forgetUser: async (userId) => `user ${userId}`,
  })
  const listed = routePlugins(
    [plugin('a'), loser].map((runnable) => ({ runnable, isBuiltIn: false })),
    new OwnersOrder([], ['a', 'b']),
  )
  expect(listed.map(({ descriptor }) => descriptor.commands.map(({ name }) => name))).toEqual([
    ['go', 'a'],
    ['b'],
  ])
  await listed[1]?.observe?.('event' as never)
  await listed[1]?.runSchedule?.('task', {} as never)
  expect(told).toEqual(['event', 'task'])
  expect(await listed[1]?.forgetUser?.(7)).toBe('user 7')
})
