import { AiError } from '@pluggram/sdk'
import type { AiService, PluginResult, TextEnd, TextRequest } from '@pluggram/sdk'
import {
  collectText,
  createMemoryStore,
  createScriptedAi,
  createTestContext,
  createTestServices,
  runPlugin,
} from '@pluggram/testing'
import type {
  MemoryStore,
  PluginUnderTest,
  RunPluginOptions,
  TestMessage,
  TestServices,
} from '@pluggram/testing'
import { configuration } from './configuration.ts'
import plugin from './index.ts'

type Pieces = Iterable<string> | AsyncIterable<string>
export type Script = (request: TextRequest) => Pieces

export interface TestChatbotOptions {
  readonly config?: NonNullable<RunPluginOptions['config']>
  readonly chatConfig?: NonNullable<RunPluginOptions['chatConfig']>
  readonly store?: MemoryStore
  readonly ai?: Partial<AiService>
}

const DICE = {
  name: 'dice',
  commands: [{ name: 'roll', description: 'Roll dice', usage: '/roll 2d6', examples: [] }],
}

/** The chatbot with a model that says what the test wants and records its requests. */
export class TestChatbot implements AsyncDisposable {
  readonly requests: TextRequest[] = []
  /** Requests for summaries. */
  readonly summaryRequests: TextRequest[] = []
  readonly store: MemoryStore
  readonly services: TestServices
  /** How many streams were abandoned before their end. */
  abandoned = 0
  script: Script = (request) => ['You said ', `“${request.messages.at(-1)?.content}”.`]
  summary = 'They talked.'
  /** How the model's answers end. */
  reason: TextEnd['reason'] = 'stop'
  /** Whether the model's answers followed from text that the user did not write. */
  isForeign: boolean | undefined
  /** Whether tools changed something on the way to the answer. */
  hasActed = false
  readonly #plugin: PluginUnderTest
  readonly #config: unknown

  static async start(options: TestChatbotOptions = {}): Promise<TestChatbot> {
    const box: { bot?: TestChatbot } = {}
    const store = options.store ?? createMemoryStore()
    const services = createTestServices({
      store,
      assistant: { name: 'Ada', plugins: [DICE] },
      ai: createScriptedAi([], {
        streamText: (request) => stream(request, box.bot),
        generateText: async (request) => {
          box.bot?.summaryRequests.push(request)
          const usage = { inputTokens: 0, outputTokens: 0 }
          return { text: box.bot?.summary ?? '', model: 'test:scripted', usage, reason: 'stop' }
        },
        ...options.ai,
      }),
    })
    const { config, chatConfig } = options
    const running = await runPlugin(plugin, {
      services,
      ...(config && { config }),
      ...(chatConfig && { chatConfig }),
    })
    const bot = new TestChatbot(running, services, store, options.config ?? {})
    box.bot = bot
    return bot
  }

  /** Everything that is stored, as text. */
  stored(): string {
    return JSON.stringify([this.store.entries(), this.store.rolling('conversations').entries()])
  }

  private constructor(running: PluginUnderTest, services: TestServices, store: MemoryStore, config: unknown) {
    this.#config = config
    this.#plugin = running
    this.services = services
    this.store = store
  }

  result(text: string, message?: TestMessage): Promise<PluginResult | undefined> {
    return this.#plugin.send(text, message)
  }

  /** What the chat finally shows; `undefined` if the plugin did not take the message. */
  async say(text: string, message?: TestMessage): Promise<string | undefined> {
    return shown(await this.#plugin.send(text, message))
  }

  async press(data: string, message?: TestMessage): Promise<string | undefined> {
    return shown(await this.#plugin.press(data, message))
  }

  /** Lets the model call the tool of that name. */
  async remember(fact: string, message: TestMessage = {}): Promise<{ result: unknown; replies: unknown[] }> {
    const context = createTestContext(message)
    const config = configuration.parse(this.#config)
    const execute = plugin.tools?.['remember']?.execute
    const result = await execute?.({ fact }, { ...context, config, services: this.services })
    return { result, replies: context.replies.map(({ text }) => text) }
  }

  forgetUser(userId: number): Promise<string | undefined> {
    return this.#plugin.forgetUser(userId)
  }

  status(): Promise<unknown> {
    return this.#plugin.status()
  }

  get lastRequest(): TextRequest {
    const request = this.requests.at(-1)
    if (!request) throw new Error('The model was not asked.')
    return request
  }

  /** The conversation that the model was given. */
  get lastMessages(): { role: string; content: string }[] {
    return this.lastRequest.messages.map(({ role, content }) => ({ role, content }))
  }

  get reported(): unknown[] {
    return this.services.exceptions.map(({ error }) => error)
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#plugin.stop()
  }
}

async function* stream(request: TextRequest, bot: TestChatbot | undefined): AsyncGenerator<string> {
  if (!bot) throw new Error('The chatbot is not started.')
  bot.requests.push(request)
  let isFinished = false
  try {
    for await (const piece of bot.script(request)) {
      request.signal?.throwIfAborted()
      yield piece
    }
    request.signal?.throwIfAborted()
    isFinished = true
    const usage = { inputTokens: 0, outputTokens: 0 }
    const { reason, isForeign, hasActed } = bot
    request.onEnd?.({
      model: 'test:scripted',
      usage,
      reason,
      hasActed,
      ...(isForeign !== undefined && { isForeign }),
    })
  } finally {
    if (!isFinished) bot.abandoned += 1
  }
}

async function shown(result: PluginResult | undefined): Promise<string | undefined> {
  if (!result) return undefined
  return result.success ? collectText(result) : `error: ${result.error}`
}

/** A stream that writes some words and then fails. */
export async function* failingAfter(
  words: readonly string[],
  error: Error = unavailable(),
): AsyncGenerator<string> {
  yield* words
  throw error
}

export function unavailable(): AiError {
  return new AiError('ai-unavailable', 'The model server at http://10.0.0.5/v1 cannot be reached.')
}

/** A stream that writes some words and then waits until the request is aborted. */
export async function* hangingAfter(
  words: readonly string[],
  { signal }: TextRequest,
): AsyncGenerator<string> {
  yield* words
  await new Promise((_, reject) => {
    const fail = (): void => reject(signal?.reason)
    if (signal?.aborted) fail()
    else signal?.addEventListener('abort', fail, { once: true })
  })
}

export const GROUP: TestMessage = { chat: { id: -5, type: 'supergroup', title: 'Friends' } }
