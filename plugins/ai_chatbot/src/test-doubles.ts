import { createScriptedAi } from '@pluggram/testing'
import { AiError } from '@pluggram/sdk'
import { DatabaseClient } from '@pluggram/sdk/runtime'
import type {
  AiService,
  AssistantDirectory,
  Chat,
  IncomingMessage,
  MessageContext,
  Services,
  Store,
  TextRequest,
  User,
} from '@pluggram/sdk'

/** A model that answers from a script and remembers what it was asked. */
export class ScriptedAi implements Pick<AiService, 'model' | 'streamText'> {
  readonly requests: TextRequest[] = []
  /** How many streams were left before their end. */
  abandoned = 0
  script: (request: TextRequest) => AsyncIterable<string> | Iterable<string>

  constructor(
    script: ScriptedAi['script'] = (request) => ['You said ', `“${request.messages.at(-1)?.content}”.`],
  ) {
    this.script = script
  }

  async model(): Promise<{ id: string; isDemo: boolean }> {
    return { id: 'test:scripted', isDemo: false }
  }

  async *streamText(request: TextRequest): AsyncGenerator<string> {
    this.requests.push(request)
    let isFinished = false
    try {
      for await (const piece of this.script(request)) {
        request.signal?.throwIfAborted()
        yield piece
      }
      isFinished = true
    } finally {
      if (!isFinished) this.abandoned++
    }
  }
}

export class MemoryStore implements Store {
  readonly values = new Map<string, string>()

  async get<T>(key: string): Promise<T | undefined> {
    const text = this.values.get(key)
    return text === undefined ? undefined : JSON.parse(text)
  }

  async set(key: string, value: unknown): Promise<void> {
    this.values.set(key, JSON.stringify(value))
  }

  async delete(key: string): Promise<boolean> {
    return this.values.delete(key)
  }
}

const DIRECTORY: AssistantDirectory = {
  name: 'Ada',
  plugins: () => [
    {
      name: 'dice',
      commands: [{ name: 'roll', description: 'Roll dice', usage: '/roll 2d6', examples: [] }],
    },
  ],
}

export function createTestServices(ai: ScriptedAi, store: Store, reported: unknown[]): Services {
  const unexpected = (): never => {
    throw new Error('The chatbot does not use that.')
  }
  // what is not here is not used
  const given: Partial<Services> = {
    ai: createScriptedAi([], { model: () => ai.model(), streamText: (request) => ai.streamText(request) }),
    store,
    assistant: DIRECTORY,
    logger: { debug() {}, info() {}, warn() {}, error() {} },
    effects: { add: unexpected, setInterval: unexpected, setTimeout: unexpected, list: () => [] },
    database: new DatabaseClient(unexpected),
    http: { fetch: unexpected },
    files: { folder: unexpected },
    telegram: { send: unexpected, edit: unexpected, delete: unexpected, call: unexpected },
    captureException: (error) => void reported.push(error),
  }
  return given as Services
}

export interface TestMessage {
  readonly chat?: Partial<Chat>
  readonly user?: Partial<User>
  readonly message?: Partial<IncomingMessage>
  readonly command?: string
  readonly signal?: AbortSignal
}

export function createTestContext(text: string, options: TestMessage = {}): MessageContext {
  const unexpected = (): never => {
    throw new Error('The chatbot answers with its result only.')
  }
  return {
    chat: { id: 7, type: 'private', ...options.chat },
    user: { id: 9, firstName: 'Anna', isBot: false, ...options.user },
    role: 'everyone',
    message: {
      id: 1,
      text,
      entities: [],
      attachments: [],
      date: new Date('2026-11-22T12:00:00Z'),
      isEdited: false,
      isAddressed: true,
      ...options.message,
    },
    ...(options.command && { command: { name: options.command, args: '' } }),
    signal: options.signal ?? new AbortController().signal,
    attempt: 1,
    idempotencyKey: '1:ai_chatbot',
    reply: unexpected,
    react: unexpected,
    download: unexpected,
  }
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
