import { describe, expect, expectTypeOf, test } from 'vitest'
import { defineManifest, definePlugin, isPluginDefinition, z } from './index.ts'
import type { AssistantConfig, MessageContext, PluginClass, PluginManifest, Services } from './index.ts'

describe('definePlugin', () => {
  test('infers the configuration from its schema', () => {
    const plugin = definePlugin({
      config: z.object({ greeting: z.string().default('Hello'), times: z.number().int() }),
      commands: {
        greet: {
          description: 'Greets',
          execute(_args, context) {
            expectTypeOf(context.config.greeting).toEqualTypeOf<string>()
            // @ts-expect-error -- the schema has no such key
            void context.config.missing
            return { success: true, response: context.config.greeting }
          },
        },
      },
      setup({ config }) {
        expectTypeOf(config.times).toEqualTypeOf<number>()
        return { processMessage: () => undefined }
      },
    })
    expect(isPluginDefinition(plugin)).toBe(true)
    expect(Object.isFrozen(plugin)).toBe(true)
    expectTypeOf(plugin).toExtend<PluginManifest>()
  })

  test('types the configuration of a chat, and the keys that may be set for one', () => {
    const plugin = definePlugin({
      config: z.object({ greeting: z.string().default('Hello'), times: z.number() }),
      perChat: ['greeting'],
      setup: () => ({
        processMessage(_message, context) {
          expectTypeOf(context.config.greeting).toEqualTypeOf<string>()
          // @ts-expect-error -- the schema has no such key
          void context.config.missing
          return undefined
        },
      }),
    })
    expectTypeOf(plugin).toExtend<PluginManifest>()
    // @ts-expect-error -- the schema has no such key
    definePlugin({ config: z.object({ greeting: z.string() }), perChat: ['greting'] })
    expect(plugin.perChat).toEqual(['greeting'])
  })

  test('refuses what a plugin may not return', () => {
    const plugin = definePlugin({
      // @ts-expect-error -- a result says whether it succeeded
      setup: () => ({ processMessage: () => ({ response: 'hi' }) }),
    })
    expect(isPluginDefinition(plugin)).toBe(true)
  })
})

test('a plain object is no plugin definition', () => {
  expect(isPluginDefinition({ setup() {} })).toBe(false)
  expect(isPluginDefinition(null)).toBe(false)
})

test('the class with four members and nothing else is a plugin', () => {
  class MyPlugin {
    readonly greeting: string
    constructor(config: AssistantConfig, _services: Services) {
      this.greeting = config.plugins.my_plugin.greeting
    }
    async processMessage(message: string, _context: MessageContext) {
      return { success: true as const, response: `${this.greeting} ${message}` }
    }
    async getStatus() {
      return { status: 'active' }
    }
    async cleanup(): Promise<void> {}
  }
  expectTypeOf(MyPlugin).toExtend<PluginClass>()
  expect(defineManifest({ name: 'my_plugin', priority: 2 })).toEqual({ name: 'my_plugin', priority: 2 })
})
