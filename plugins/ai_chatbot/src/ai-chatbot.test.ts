import { AiError, isPluginDefinition } from '@pluggram/sdk'
import type { Plugin, PluginResult } from '@pluggram/sdk'
import { describe, expect, test } from 'vitest'
import plugin from './index.ts'
import { configuration } from './configuration.ts'
import {
  createTestContext,
  createTestServices,
  failingAfter,
  MemoryStore,
  ScriptedAi,
  unavailable,
} from './test-doubles.ts'
import type { TestMessage } from './test-doubles.ts'

class Chatbot {
  readonly ai: ScriptedAi
  readonly store: MemoryStore
  readonly reported: unknown[] = []
  readonly #plugin: Promise<Plugin>

  constructor(
    config: object = {},
    ai: ScriptedAi = new ScriptedAi(),
    store: MemoryStore = new MemoryStore(),
  ) {
    this.ai = ai
    this.store = store
    this.#plugin = Promise.resolve(
      plugin.setup?.({
        config: configuration.parse(config),
        services: createTestServices(ai, store, this.reported),
        signal: new AbortController().signal,
      }),
    ).then((created) => created ?? {})
  }

  async result(text: string, options?: TestMessage): Promise<PluginResult | undefined> {
    return (await this.#plugin).processMessage?.(text, createTestContext(text, options))
  }

  /** What the chat shows in the end. */
  async say(text: string, options?: TestMessage): Promise<string | undefined> {
    const result = await this.result(text, options)
    if (!result) return undefined
    if (!result.success) return `error: ${result.error}`
    return typeof result.response === 'string' ? result.response : (await pieces(result)).join('')
  }

  async status(): Promise<unknown> {
    return (await this.#plugin).getStatus?.()
  }

  get lastRequest() {
    const request = this.ai.requests.at(-1)
    if (!request) throw new Error('The model was not asked.')
    return request
  }
}

async function pieces(result: PluginResult | undefined): Promise<string[]> {
  return Array.fromAsync(stream(result))
}

function stream(result: PluginResult | undefined): AsyncIterable<string> {
  if (result?.success && typeof result.response === 'object' && 'text' in result.response) {
    const { text } = result.response
    if (typeof text === 'object') return text
  }
  throw new Error(`No stream: ${JSON.stringify(result)}`)
}

const GROUP: TestMessage = { chat: { id: -5, type: 'supergroup', title: 'Friends' } }

test('is a plugin that comes last and asks for the model only', () => {
  expect(isPluginDefinition(plugin)).toBe(true)
  expect(plugin.permissions).toEqual({ ai: true })
  expect(plugin.priority).toBeLessThan(0)
})

describe('an answer', () => {
  test('streams as Markdown', async () => {
    const result = await new Chatbot().result('hello')
    expect(result).toMatchObject({ success: true, response: { format: 'markdown' } })
    expect(await pieces(result)).toEqual(['You said ', '“hello”.'])
  })

  test('begins with its first word, not with blank lines', async () => {
    const bot = new Chatbot({}, new ScriptedAi(() => ['\n', ' ', '\nHi', ' there']))
    expect(await bot.say('hello')).toBe('Hi there')
  })

  test('comes with what the model needs to know', async () => {
    const bot = new Chatbot({ system_prompt: 'Talk like a pirate.' })
    await bot.say('hello', { user: { languageCode: 'de' } })
    const { system, signal } = bot.lastRequest
    expect(system).toMatch(/^Talk like a pirate\./)
    expect(system).toContain('Your name is Ada. Today is Sunday, 2026-11-22 (UTC).')
    expect(system).toContain('private chat with Anna')
    expect(system).toContain('"de"')
    expect(system).toContain('- /roll 2d6: Roll dice')
    expect(signal).toBeInstanceOf(AbortSignal)
  })
})

describe('the conversation', () => {
  test('is remembered over several turns and over a restart', async () => {
    const bot = new Chatbot()
    await bot.say('one')
    await bot.say('two')
    const restarted = new Chatbot({}, bot.ai, bot.store)
    await restarted.say('three')
    expect(bot.lastRequest.messages).toEqual([
      { role: 'user', content: 'one' },
      { role: 'assistant', content: 'You said “one”.' },
      { role: 'user', content: 'two' },
      { role: 'assistant', content: 'You said “two”.' },
      { role: 'user', content: 'three' },
    ])
  })

  test('is kept apart by chat and by topic', async () => {
    const bot = new Chatbot()
    await bot.say('secret', { chat: { id: 1 } })
    for (const chat of [{ id: 2 }, { id: 1, topicId: 3 }]) {
      await bot.say('hello', { chat })
      expect(bot.lastRequest.messages).toHaveLength(1)
    }
  })

  test('keeps to its bounds and begins with a user’s message', async () => {
    const bot = new Chatbot({ history_messages: 3 })
    for (const text of ['one', 'two', 'three']) await bot.say(text)
    await bot.say('four')
    expect(bot.lastRequest.messages.map(({ content }) => content)).toEqual([
      'three',
      'You said “three”.',
      'four',
    ])
  })

  test('stays small in the store, whatever is written', async () => {
    const bot = new Chatbot({ history_messages: 400 }, new ScriptedAi(() => ['x'.repeat(100_000)]))
    for (let index = 0; index < 12; index++) await bot.say('y'.repeat(30_000))
    expect([...bot.store.values.values()].join('').length).toBeLessThan(80_000)
    expect(bot.lastRequest.messages.at(0)?.role).toBe('user')
    expect(bot.lastRequest.messages.at(-1)?.content).toHaveLength(30_000)
  })

  test('remembers nothing with history_messages 0', async () => {
    const bot = new Chatbot({ history_messages: 0 })
    await bot.say('one')
    await bot.say('two')
    expect(bot.lastRequest.messages).toEqual([{ role: 'user', content: 'two' }])
  })

  test('is forgotten with /new, in that chat only', async () => {
    const bot = new Chatbot()
    await bot.say('one')
    await bot.say('one', GROUP)
    expect(await bot.say('/new', { command: 'new' })).toContain('new conversation')
    await bot.say('two')
    expect(bot.lastRequest.messages).toEqual([{ role: 'user', content: 'two' }])
    await bot.say('two', GROUP)
    expect(bot.lastRequest.messages).toHaveLength(3)
  })

  test('does not take up an answer that ends after /new', async () => {
    const bot = new Chatbot()
    const result = await bot.result('one')
    await bot.say('/new', { command: 'new' })
    await pieces(result)
    await bot.say('two')
    expect(bot.lastRequest.messages).toEqual([{ role: 'user', content: 'two' }])
  })

  test('keeps every exchange when two answers are written at the same time', async () => {
    const bot = new Chatbot()
    await Promise.all(['a', 'b', 'c', 'd'].map((text) => bot.say(text)))
    await bot.say('end')
    const said = bot.lastRequest.messages.filter(({ role }) => role === 'user').map(({ content }) => content)
    expect(said.toSorted()).toEqual(['a', 'b', 'c', 'd', 'end'])
  })

  test('begins anew when what is stored cannot be read', async () => {
    const bot = new Chatbot()
    await bot.store.set('history:7', { turns: 'surprise' })
    expect(await bot.say('hello')).toBe('You said “hello”.')
    await bot.say('again')
    expect(bot.lastRequest.messages).toHaveLength(3)
  })

  test('marks an answer that broke off', async () => {
    const bot = new Chatbot({}, new ScriptedAi(() => failingAfter(['Half an '])))
    expect(await bot.say('tell me')).toMatch(/^Half an \n\n⚠️ The answer broke off\./)
    await bot.say('and?')
    expect(bot.lastRequest.messages[1]?.content).toBe('Half an \n\n[This answer broke off here.]')
  })

  test('keeps what was written when nobody reads to the end, and ends the request', async () => {
    const bot = new Chatbot()
    for await (const piece of stream(await bot.result('hello'))) {
      expect(piece).toBe('You said ')
      break
    }
    expect(bot.ai.abandoned).toBe(1)
    await bot.say('and?')
    expect(bot.lastRequest.messages[1]?.content).toMatch(/^You said \n\n\[This answer broke off/)
  })
})

describe('groups', () => {
  test('show the model who is speaking', async () => {
    const bot = new Chatbot()
    await bot.say('hello', { ...GROUP, user: { firstName: 'Bo:b\n', lastName: 'Smith' } })
    expect(bot.lastRequest.messages).toEqual([{ role: 'user', content: 'Bo b Smith: hello' }])
    expect(bot.lastRequest.system).toContain('the group "Friends"')
  })

  test('show the model the message that is answered', async () => {
    const bot = new Chatbot()
    const replyTo = { id: 3, text: 'Where\nshall we eat?', fromBot: false }
    await bot.say('any ideas?', { ...GROUP, message: { replyTo } })
    expect(bot.lastRequest.messages.at(-1)?.content).toContain('“Where shall we eat?”')
    await bot.say('why?', { ...GROUP, message: { replyTo: { ...replyTo, fromBot: true } } })
    expect(bot.lastRequest.messages.at(-1)?.content).toBe('Anna: why?')
  })

  test.each<[string, string, TestMessage]>([
    ['a message for others', 'hello', { ...GROUP, message: { isAddressed: false } }],
    ['an unknown command', '/foo', { ...GROUP, command: 'foo' }],
    ['another bot', 'hello', { ...GROUP, user: { isBot: true } }],
    ['a picture without words', '', { ...GROUP, message: { attachments: [photo()] } }],
  ])('leave %s alone', async (_, text, options) => {
    const bot = new Chatbot()
    expect(await bot.say(text, options)).toBeUndefined()
    expect(bot.ai.requests).toHaveLength(0)
  })
})

describe('in a private chat', () => {
  test('an unknown command is answered', async () => {
    expect(await new Chatbot().say('/rol', { command: 'rol' })).toContain('/rol')
  })

  test('a file without words gets a friendly word', async () => {
    const bot = new Chatbot()
    expect(await bot.say('', { message: { attachments: [photo()] } })).toContain('cannot look at a photo')
    expect(bot.ai.requests).toHaveLength(0)
  })

  test('a caption is answered, and the model knows that there is something it cannot see', async () => {
    const bot = new Chatbot()
    await bot.say('what is this?', { message: { attachments: [photo()] } })
    expect(bot.lastRequest.messages).toEqual([{ role: 'user', content: 'what is this?' }])
    expect(bot.lastRequest.system).toContain('came with a photo, which you cannot see')
  })
})

describe('a failure of the model', () => {
  test.each(['ai-unavailable', 'ai-timeout', 'ai-refused', 'ai-misconfigured'] as const)(
    '%s is told without details, which go to the log',
    async (code) => {
      const error = new AiError(code, 'Details about http://10.0.0.5/v1')
      const bot = new Chatbot({}, new ScriptedAi(() => failingAfter([], error)))
      const shown = await bot.say('hello')
      expect(shown).toMatch(/^error: The language model /)
      expect(shown).not.toContain('10.0.0.5')
      expect(bot.reported).toEqual([error])
    },
  )

  test('leaves no trace in the conversation', async () => {
    const bot = new Chatbot({}, new ScriptedAi(() => failingAfter([])))
    await bot.say('one')
    bot.ai.script = () => ['fine']
    await bot.say('two')
    expect(bot.lastRequest.messages).toEqual([{ role: 'user', content: 'two' }])
  })

  test('that is a bug is passed on to the host', async () => {
    const bot = new Chatbot({}, new ScriptedAi(() => failingAfter([], new TypeError('bug'))))
    await expect(bot.say('hello')).rejects.toThrow('bug')
  })

  test('an empty answer is told', async () => {
    expect(await new Chatbot({}, new ScriptedAi(() => [' '])).say('hello')).toMatch(
      /^error: .*nothing to say/,
    )
  })

  test('a deadline passes through, so that the host sees it', async () => {
    const controller = new AbortController()
    const bot = new Chatbot()
    const result = await bot.result('hello', { signal: controller.signal })
    controller.abort(new Error('too late'))
    await expect(pieces(result)).rejects.toThrow('too late')
  })

  test('a full store does not spoil the answer', async () => {
    const bot = new Chatbot()
    await bot.say('one')
    bot.store.set = () => Promise.reject(new Error('full'))
    expect(await bot.say('two')).toBe('You said “two”.')
    expect(bot.reported).toHaveLength(1)
  })
})

describe('status', () => {
  test('names the model', async () => {
    expect(await new Chatbot().status()).toEqual({ status: 'active', model: 'test:scripted' })
  })

  test('is degraded without a usable model', async () => {
    const ai = new ScriptedAi()
    ai.model = () => Promise.reject(unavailable())
    const status = await new Chatbot({}, ai).status()
    expect(status).toMatchObject({ status: 'degraded' })
    expect(JSON.stringify(status)).not.toContain('10.0.0.5')
  })
})

function photo() {
  return { kind: 'photo', fileId: 'f', width: 1, height: 1 } as const
}
