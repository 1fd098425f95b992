import { describe, expect, test, vi } from 'vitest'
import { definePlugin, z } from '@pluggram/sdk'
import type { AssistantConfig, PluginResult, Services } from '@pluggram/sdk'
import { collectText } from './collect-text.ts'
import { createScriptedAi } from './scripted-ai.ts'
import { installLeakCheck } from './leak-check.ts'
import { runPlugin } from './run-plugin.ts'
import { createTestContext } from './test-context.ts'
import { createTestServices } from './test-services.ts'

installLeakCheck()

const greeter = definePlugin({
  name: 'greeter',
  config: z.object({ greeting: z.string() }),
  permissions: { ai: true },
  commands: {
    ask: {
      description: 'Asks the model',
      execute: (args, { services, signal }) => ({
        success: true,
        response: services.ai.streamText({ messages: [{ role: 'user', content: args }], signal }),
      }),
    },
  },
  setup: ({ config, services }) => {
    services.effects.setInterval('poll', 1_000, () => {})
    return {
      async processMessage(message, { user, callback, reply, react }) {
        if (callback) return { success: true, response: `pressed ${message}` }
        if (message !== 'hi') return undefined
        await react('👋')
        await reply({ text: 'one moment' })
        return { success: true, response: [`${config.greeting} ${user.firstName}`, { text: '!' }] }
      },
      getStatus: () => ({ status: 'active' }),
    }
  },
})

test('a definition is started, asked and stopped as in the assistant', async () => {
  const ai = createScriptedAi(['Hello ', 'world'])
  const plugin = await runPlugin(greeter, {
    config: { greeting: 'Hello' },
    services: createTestServices({ ai }),
  })
  expect(await collectText(await plugin.send('hi', { user: { firstName: 'Bob' } }))).toBe('Hello Bob\n!')
  expect(await plugin.send('else')).toBeUndefined()
  expect(await collectText(await plugin.press('7'))).toBe('pressed 7')
  expect(await collectText(await plugin.send('/ask why'))).toBe('Hello world')
  expect(ai.requests).toMatchObject([{ messages: [{ role: 'user', content: 'why' }] }])
  expect(await plugin.status()).toEqual({ status: 'active' })
  expect(plugin.effects()).toEqual(['poll'])
  await plugin.stop()
  expect(plugin.effects()).toEqual([])
})

test('replies and reactions made on the way can be looked at', async () => {
  await using plugin = await runPlugin(greeter, { config: { greeting: 'Hello' } })
  const context = createTestContext({ text: 'hi' })
  await plugin.ask(context)
  expect(context.replies).toEqual([{ text: 'one moment' }])
  expect(context.reactions).toEqual(['👋'])
})

test('a class gets its block of the configuration', async () => {
  class Echo {
    readonly #config: AssistantConfig
    constructor(config: AssistantConfig, _services: Services) {
      this.#config = config
    }
    processMessage(message: string): PluginResult {
      return { success: true, data: [this.#config.plugins['echo'], message] }
    }
  }
  await using plugin = await runPlugin(Echo, { name: 'echo', config: { loud: true } })
  expect(await plugin.send('x')).toEqual({ success: true, data: [{ loud: true }, 'x'] })
})

test('a plugin that would be left out is refused in the words of the assistant', async () => {
  await expect(runPlugin(greeter)).rejects.toThrow('Missing required config: plugins.greeter.greeting')
})

test('the model is closed to a plugin without the permission', async () => {
  const plugin = definePlugin({
    setup: ({ services }) => ({
      processMessage: () => ({ success: true, response: services.ai.streamText({ messages: [] }) }),
    }),
  })
  await using running = await runPlugin(plugin)
  await expect(running.send('x')).rejects.toThrow('permissions: { ai: true }')
})

describe('services', () => {
  test('keep log lines, exceptions and what timers threw', async () => {
    const services = createTestServices({ assistant: { name: 'Robo' } })
    services.logger.warn('careful', { a: 1 })
    services.captureException(new Error('handled'), { step: 2 })
    services.effects.setTimeout('soon', 0, () => {
      throw new Error('in a timer')
    })
    await expect.poll(() => services.exceptions).toHaveLength(2)
    expect(services.logLines).toEqual([{ level: 'warn', message: 'careful', fields: { a: 1 } }])
    expect(services.exceptions).toMatchObject([
      { error: { message: 'handled' }, context: { step: 2 } },
      { error: { message: 'in a timer' }, context: { effect: 'soon' } },
    ])
    expect(services.assistant.name).toBe('Robo')
  })

  test('store JSON with the limits of the real store', async () => {
    vi.useFakeTimers()
    try {
      const { store } = createTestServices()
      await store.set('a', { deep: [1] })
      await store.set('short', 1, { ttlSeconds: 5 })
      expect(await store.get('a')).toEqual({ deep: [1] })
      expect(await store.get('short')).toBe(1)
      vi.advanceTimersByTime(5_000)
      expect(await store.get('short')).toBeUndefined()
      expect(await store.delete('short')).toBe(false)
      expect(await store.delete('a')).toBe(true)
      await expect(store.set('', 1)).rejects.toMatchObject({ code: 'store-limit' })
      await expect(store.set('k'.repeat(513), 1)).rejects.toMatchObject({ code: 'store-limit' })
      await expect(store.set('a', undefined)).rejects.toMatchObject({ code: 'store-limit' })
      await expect(store.set('a', 1n)).rejects.toMatchObject({ code: 'store-limit' })
      await expect(store.set('a', 'x'.repeat(1_048_576))).rejects.toMatchObject({ code: 'store-limit' })
    } finally {
      vi.useRealTimers()
    }
  })
})

describe('a context', () => {
  test('reads a command from the text and gives the bytes of its files', async () => {
    const photo = { kind: 'photo', fileId: 'f1', width: 1, height: 1 } as const
    const context = createTestContext({
      text: '/Roll  2d6 ',
      attachments: [photo],
      files: { f1: new Uint8Array([7]) },
    })
    expect(context.command).toEqual({ name: 'roll', args: '2d6' })
    expect(await context.download(photo)).toEqual(new Uint8Array([7]))
    await expect(context.download({ ...photo, fileId: 'f2' })).rejects.toMatchObject({
      code: 'delivery-failed',
    })
  })

  test('refuses a reply that the assistant would refuse', async () => {
    const context = createTestContext()
    await expect(
      context.reply({ text: 'a', buttons: [[{ text: 'A', data: 'x'.repeat(1_025) }]] }),
    ).rejects.toThrow('1025 bytes')
    expect(context.replies).toEqual([])
  })
})

test('requests to the hosts of a credential carry it, and answers that repeat it do not', async () => {
  const seen: (string | null)[] = []
  const plugin = definePlugin({
    credentials: { github: { hosts: ['api.github.com'], reason: 'reads issues' } },
    setup: ({ services }) => ({
      async processMessage(url) {
        const response = await services.http.fetch(url)
        return { success: true, response: await response.text() }
      },
    }),
  })
  const services = createTestServices({
    fetch: async (input) => {
      const authorization = new Request(input).headers.get('authorization')
      seen.push(authorization)
      return new Response(`you are ${authorization}`)
    },
  })
  await using issues = await runPlugin(plugin, { services, credentials: { github: 'a-token-for-tests' } })
  expect(await collectText(await issues.send('https://api.github.com/issues'))).toBe(
    'you are Bearer [secret]',
  )
  expect(await collectText(await issues.send('https://example.com/'))).toBe('you are null')
  expect(seen).toEqual(['Bearer a-token-for-tests', null])
})
