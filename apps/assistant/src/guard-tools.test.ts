import { createSecretMask } from '@pluggram/observability'
import { askHandlers } from '@pluggram/sdk/runtime'
import type { CallHandlers, PluginRegistry, RunnablePlugin } from '@pluggram/sdk/runtime'
import { createTestContext } from '@pluggram/testing'
import type { TestContext } from '@pluggram/testing'
import { expect, test } from 'vitest'
import { guardTools, pluginsOn } from './guard-tools.ts'
import type { ToolGuards } from './guard-tools.ts'

function plugin(name: string, tool: NonNullable<CallHandlers['tool']>): RunnablePlugin {
  return {
    descriptor: {
      name,
      commands: [],
      tools: [],
      schedules: [],
      patterns: [],
      updates: ['message'],
      priority: 0,
      answers: [],
    },
    ask: askHandlers(name, { tool }),
  }
}

/** Calls a tool through the guard. */
function caller(guards: Partial<ToolGuards>) {
  const callTool = guardTools({
    access: { offIn: () => undefined },
    chats: { enter: () => () => {} },
    mask: createSecretMask(),
    ...guards,
  })
  return (target: RunnablePlugin, name: string, context: TestContext) =>
    callTool(target, { name, input: {}, context }, context.signal)
}

test('a plugin that is off in a chat offers no tools there, and none of it can be called', async () => {
  const [dice, clock] = [plugin('dice', async () => 4), plugin('clock', async () => 'noon')]
  const registry: PluginRegistry = {
    plugins: () => [dice, clock],
    ownerOf: () => undefined,
    onChange: () => () => {},
  }
  const access = { offIn: (chatId: number) => (chatId === -5 ? new Set(['dice']) : undefined) }
  const on = pluginsOn(registry, access)
  const names = (chatId?: number) =>
    on(chatId)
      .plugins()
      .map(({ descriptor }) => descriptor.name)
  expect([names(-5), names(-6), names()]).toEqual([['clock'], ['dice', 'clock'], ['dice', 'clock']])
  const call = caller({ access })
  const there = createTestContext({ chat: { id: -5, type: 'group' } })
  await expect(call(dice, 'roll', there)).rejects.toMatchObject({ code: 'tool-not-found' })
  expect(await call(dice, 'roll', createTestContext())).toBe(4)
})

test('a plugin has the chat while its tool works for it, and for good when it worked', async () => {
  const noted: string[] = []
  let isHere = false
  const dice = plugin('dice', async ({ name }) => {
    if (name === 'broken') throw new Error('no')
    return isHere
  })
  const call = caller({
    chats: {
      enter(name, chatId) {
        isHere = true
        return (hasAnswered) => void noted.push(`${name} ${chatId} ${hasAnswered}`)
      },
    },
  })
  expect(await call(dice, 'roll', createTestContext({ chat: { id: 7 } }))).toBe(true)
  await expect(call(dice, 'broken', createTestContext({ chat: { id: 8 } }))).rejects.toThrow('no')
  expect(noted).toEqual(['dice 7 true', 'dice 8 false'])
  // a call over MCP has no chat
  await call(dice, 'roll', createTestContext({ chat: { id: 0 } }))
  expect(noted).toHaveLength(2)
})

test('what a tool gives holds no secret of the configuration', async () => {
  const api = plugin('api', async () => ({
    headers: ['Bearer tok-of-the-api-77'],
    count: 3,
    none: null,
  }))
  const call = caller({ mask: createSecretMask(['tok-of-the-api-77']) })
  expect(await call(api, 'ask', createTestContext())).toEqual({
    headers: ['Bearer [secret]'],
    count: 3,
    none: null,
  })
})
