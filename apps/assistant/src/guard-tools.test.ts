import { createSecretMask } from '@pluggram/observability'
import type { PluginRegistry, RunnablePlugin } from '@pluggram/sdk/runtime'
import { createTestContext } from '@pluggram/testing'
import { expect, test } from 'vitest'
import { guardTools } from './guard-tools.ts'

function plugin(name: string, callTool: RunnablePlugin['callTool']): RunnablePlugin {
  return {
    descriptor: {
      name,
      commands: [],
      tools: [],
      schedules: [],
      patterns: [],
      updates: ['message'],
      priority: 0,
      answersMessages: false,
    },
    handle: () => undefined,
    callTool,
  }
}

test('a plugin that is off in a chat offers no tools there, and none of it can be called', async () => {
  const registry: PluginRegistry = {
    plugins: () => [plugin('dice', async () => 4), plugin('clock', async () => 'noon')],
    onChange: () => () => {},
  }
  const guarded = guardTools(registry, {
    access: { offIn: (chatId) => (chatId === -5 ? new Set(['dice']) : undefined) },
    chats: { enter: () => () => {} },
    mask: createSecretMask(),
  })
  const names = (chatId?: number) =>
    guarded(chatId)
      .plugins()
      .map(({ descriptor }) => descriptor.name)
  expect([names(-5), names(-6), names()]).toEqual([['clock'], ['dice', 'clock'], ['dice', 'clock']])
  const [dice] = guarded().plugins()
  const there = createTestContext({ chat: { id: -5, type: 'group' } })
  await expect(dice?.callTool('roll', {}, there)).rejects.toMatchObject({ code: 'tool-not-found' })
  expect(await dice?.callTool('roll', {}, createTestContext())).toBe(4)
})

test('a plugin has the chat while its tool works for it, and for good when it worked', async () => {
  const noted: string[] = []
  let isHere = false
  const tool = async (name: string): Promise<unknown> => {
    if (name === 'broken') throw new Error('no')
    return isHere
  }
  const registry: PluginRegistry = { plugins: () => [plugin('dice', tool)], onChange: () => () => {} }
  const guarded = guardTools(registry, {
    access: { offIn: () => undefined },
    chats: {
      enter(name, chatId) {
        isHere = true
        return (hasAnswered) => void noted.push(`${name} ${chatId} ${hasAnswered}`)
      },
    },
    mask: createSecretMask(),
  })
  const [dice] = guarded().plugins()
  expect(await dice?.callTool('roll', {}, createTestContext({ chat: { id: 7 } }))).toBe(true)
  await expect(dice?.callTool('broken', {}, createTestContext({ chat: { id: 8 } }))).rejects.toThrow('no')
  expect(noted).toEqual(['dice 7 true', 'dice 8 false'])
})

test('what a tool gives to a model holds no secret of the configuration', async () => {
  const answer = async (): Promise<unknown> => ({
    headers: ['Bearer tok-of-the-api-77'],
    count: 3,
    none: null,
  })
  const registry: PluginRegistry = { plugins: () => [plugin('api', answer)], onChange: () => () => {} }
  const guarded = guardTools(registry, {
    access: { offIn: () => undefined },
    chats: { enter: () => () => {} },
    mask: createSecretMask(['tok-of-the-api-77']),
  })
  const [api] = guarded().plugins()
  expect(await api?.callTool('ask', {}, createTestContext())).toEqual({
    headers: ['Bearer [secret]'],
    count: 3,
    none: null,
  })
})
