// oxlint-disable vitest/expect-expect, typescript/no-extraneous-class -- what is refused is asserted by `@ts-expect-error`
/**
 * Code that the contract's types must accept or reject. `types.test.ts` runs the compiler on it.
 */
import { expectTypeOf, test } from 'vitest'
import { defineManifest, definePlugin, definePluginReference, z } from './index.ts'
import type {
  Button,
  Media,
  MessageContext,
  PluginClass,
  PluginResult,
  Reply,
  Services,
  ToolContext,
} from './index.ts'

declare const services: Services
declare const context: MessageContext

test('a result says whether it succeeded, and an error has words', () => {
  expectTypeOf<{ success: true; response: string }>().toExtend<PluginResult>()
  expectTypeOf<{ success: true; data: { rows: number[] } }>().toExtend<PluginResult>()
  expectTypeOf<{ success: false; error: string }>().toExtend<PluginResult>()
  expectTypeOf<{ success: false }>().not.toExtend<PluginResult>()
  expectTypeOf<{ response: string }>().not.toExtend<PluginResult>()
  expectTypeOf<{ success: true; response: number }>().not.toExtend<PluginResult>()
  // TypeScript must know whether it succeeded, not just that `success` is present
  expectTypeOf<{ success: boolean }>().not.toExtend<PluginResult>()
})

test('a response is text, a reply, several of them, or text that is being written', () => {
  type Response = NonNullable<Extract<PluginResult, { success: true }>['response']>
  expectTypeOf<string>().toExtend<Response>()
  expectTypeOf<readonly (string | Reply)[]>().toExtend<Response>()
  expectTypeOf<AsyncGenerator<string>>().toExtend<Response>()
  expectTypeOf<AsyncGenerator<number>>().not.toExtend<Response>()
  expectTypeOf<{ text: string; format: 'markdown' }>().toExtend<Response>()
  // @ts-expect-error -- there is no such format
  void ({ text: 'x', format: 'MarkdownV2' } satisfies Reply)
  // @ts-expect-error -- a reply has no such member
  void ({ txt: 'x' } satisfies Reply)
})

test('a button sends data or opens an address', () => {
  expectTypeOf<{ text: string; data: string }>().toExtend<Button>()
  expectTypeOf<{ text: string; url: string }>().toExtend<Button>()
  expectTypeOf<{ text: string }>().not.toExtend<Button>()
  expectTypeOf<{ kind: 'photo'; source: Uint8Array }>().toExtend<Media>()
  expectTypeOf<{ kind: 'photo'; source: string }>().not.toExtend<Media>()
})

test('a class needs no member, and members that it has fit', () => {
  class Empty {}
  class Wrong {
    processMessage(): { ok: boolean } {
      return { ok: true }
    }
  }
  class WrongStatus {
    getStatus(): { state: string } {
      return { state: 'active' }
    }
  }
  expectTypeOf(Empty).toExtend<PluginClass>()
  expectTypeOf(Wrong).not.toExtend<PluginClass>()
  expectTypeOf(WrongStatus).not.toExtend<PluginClass>()
})

test('the schema types the configuration wherever it is handed out', () => {
  definePlugin({
    config: z.object({ city: z.string(), days: z.number().default(3) }),
    schedules: {
      morning: {
        cron: '0 7 * * *',
        execute({ config, services: own }) {
          expectTypeOf(config).toEqualTypeOf<{ city: string; days: number }>()
          expectTypeOf(own).toEqualTypeOf<Services>()
          // @ts-expect-error -- the schema has no such key
          void config.town
        },
      },
    },
    configure(config) {
      expectTypeOf(config.city).toEqualTypeOf<string>()
      return { commands: { weather: { description: `The weather in ${config.city}` } } }
    },
    setup({ config, signal }) {
      expectTypeOf(config.days).toEqualTypeOf<number>()
      expectTypeOf(signal).toEqualTypeOf<AbortSignal>()
    },
  })
})

test('the schema of a tool types its arguments', () => {
  definePlugin({
    tools: {
      add: {
        description: 'Adds',
        schema: z.object({ a: z.number(), b: z.number() }),
        execute(args, own) {
          expectTypeOf(args).toEqualTypeOf<{ a: number; b: number }>()
          expectTypeOf(own).toExtend<ToolContext>()
          // @ts-expect-error -- the schema has no such argument
          void args.c
          return args.a + args.b
        },
      },
    },
  })
  defineManifest({
    // @ts-expect-error -- there is no such role
    tools: { add: { description: 'Adds', role: 'admin', execute: () => 1 } },
  })
})

test('a manifest refuses what it does not know', () => {
  defineManifest({
    permissions: { network: ['api.example.com'], database: true, telegram: ['pinChatMessage'] },
  })
  // @ts-expect-error -- hosts are a list
  defineManifest({ permissions: { network: 'api.example.com' } })
  // @ts-expect-error -- there is no such permission
  defineManifest({ permissions: { everything: true } })
  // @ts-expect-error -- it runs inline or in a process
  defineManifest({ isolation: 'thread' })
  // @ts-expect-error -- a command is described
  defineManifest({ commands: { roll: {} } })
  // @ts-expect-error -- a schedule does something
  defineManifest({ schedules: { tick: { every: { seconds: 5 } } } })
  // @ts-expect-error -- patterns are regular expressions
  defineManifest({ patterns: ['hello'] })
})

test('services are typed as they are documented', async () => {
  expectTypeOf(await services.cache.wrap('k', { ttlSeconds: 5 }, () => 5)).toEqualTypeOf<number>()
  expectTypeOf(await services.store.get('k')).toBeUnknown()
  expectTypeOf(await services.database.query<{ title: string }>('SELECT title FROM notes')).toEqualTypeOf<
    { title: string }[]
  >()
  expectTypeOf(services.admin).toBeNullable()
  // @ts-expect-error -- only plugins inside the assistant have it
  void services.admin.plugins()
  // @ts-expect-error -- a parameter is one value
  void services.database.query('SELECT ?', [{ nested: true }])
  // @ts-expect-error -- replies are text or replies
  void context.reply(5)
  expectTypeOf(context.config).toBeUnknown()
})

test('another plugin’s methods are called with their own types, and all of them answer later', () => {
  const weather = definePluginReference<{ today(city: string): { degrees: number } }>('weather')
  const remote = services.plugins.use(weather)
  expectTypeOf(remote.today).parameters.toEqualTypeOf<[city: string]>()
  expectTypeOf(remote.today).returns.resolves.toEqualTypeOf<{ degrees: number }>()
  // @ts-expect-error -- it has no such method
  void remote.tomorrow
})
