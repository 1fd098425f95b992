import { z } from '@pluggram/sdk'
import type { Chat, MessageContext, Reply, Role, Store } from '@pluggram/sdk'
import { askHandlers } from '@pluggram/sdk/runtime'
import type {
  CallContext,
  IncomingUpdate,
  PluginRegistry,
  RunnablePlugin,
  ToolDescriptor,
} from '@pluggram/sdk/runtime'
import { SILENT_LOGGER } from '../test-doubles.ts'
import { createTools } from './create-tools.ts'
import type { Tools } from './create-tools.ts'
import type { ToolSettings } from './tool-settings.ts'
import type { ModelCall, StepRequest, StreamStep } from './tool-step.ts'

/** A plugin's tool for this folder's tests. */
export interface TestTool {
  /** `plugin.tool`. */
  readonly id: string
  readonly role?: Role
  readonly effect?: ToolDescriptor['effect']
  readonly isDescriptionForeign?: boolean
  readonly check?: (args: unknown) => string | undefined
  readonly run?: (args: unknown, context: CallContext) => unknown
}

/** A registry of plugins with these tools; it records the `calls`. */
function createToolRegistry(tools: readonly TestTool[]): PluginRegistry & {
  readonly calls: { id: string; args: unknown; context: CallContext }[]
} {
  const calls: { id: string; args: unknown; context: CallContext }[] = []
  const names = [...new Set(tools.map(({ id }) => id.split('.')[0] ?? ''))]
  const plugins = names.map((name): RunnablePlugin => {
    const own = tools.filter(({ id }) => id.startsWith(`${name}.`))
    return {
      descriptor: {
        name,
        commands: [],
        tools: own.map(({ id, role = 'everyone', effect = 'none', isDescriptionForeign = false }) => ({
          name: id.slice(name.length + 1),
          description: `Does ${id}`,
          inputSchema: { type: 'object', properties: {} },
          role,
          effect,
          ...(isDescriptionForeign && { isDescriptionForeign }),
        })),
        schedules: [],
        patterns: [],
        updates: ['message'],
        priority: 0,
        answers: [],
      },
      ask: askHandlers(name, {
        async tool({ name: tool, input: args, context: asked }, signal) {
          const id = `${name}.${tool}`
          const context = { ...asked, signal }
          calls.push({ id, args, context })
          return own.find((item) => item.id === id)?.run?.(args, context) ?? `did ${id}`
        },
        'check-tool': ({ name: tool, input }) =>
          own.find((item) => item.id === `${name}.${tool}`)?.check?.(input),
      }),
    }
  })
  return { plugins: () => plugins, ownerOf: () => undefined, onChange: () => () => {}, calls }
}

/** What a model does in one step: writes text, calls tools, or both. */
export interface ScriptedStep {
  readonly text?: string
  readonly calls?: readonly { readonly name: string; readonly args?: unknown }[]
}

/** A model that follows `script`, which can inspect each request. */
export function createScriptedSteps(
  script: (request: StepRequest, index: number) => ScriptedStep | Promise<ScriptedStep>,
): StreamStep & { readonly requests: StepRequest[] } {
  const requests: StepRequest[] = []
  async function* stream(request: StepRequest): AsyncGenerator<string> {
    const index = requests.push(request) - 1
    const { text, calls = [] } = await script(request, index)
    request.signal?.throwIfAborted()
    if (text !== undefined) yield text
    const made = calls.map(({ name, args = {} }, number): ModelCall => ({
      id: `call-${index}-${number}`,
      name,
      args,
    }))
    request.step?.onEnd(made, [{ role: 'assistant', content: text ?? `(${made.length} calls)` }])
  }
  return Object.assign(stream, { requests })
}

/** The tool results in the last request. */
export function lastResults(request: StepRequest): string[] {
  const last = request.step?.messages.at(-1)
  if (last?.role !== 'tool') return []
  return last.content.flatMap((part) =>
    part.type === 'tool-result' && part.output.type === 'text' ? [part.output.value] : [],
  )
}

export interface TestBench extends Tools {
  readonly registry: ReturnType<typeof createToolRegistry>
  /** The approval questions sent. */
  readonly questions: { readonly chat: Chat; readonly reply: Reply }[]
  /** Answers that go on. */
  readonly continued: readonly IncomingUpdate[]
  readonly store: Store
  now: number
  /** Answers a message with a model. */
  answer(steps: StreamStep, request?: Partial<TestRequest>): Promise<string>
  /** Presses a button of the newest question. */
  press(
    button: 'Allow once' | 'Always here' | 'Ask me every time' | 'No',
    context?: Partial<CallContext>,
  ): Promise<unknown>
}

export interface TestRequest {
  readonly text: string
  readonly history: readonly string[]
  readonly system: string
  readonly isUntrusted: boolean
  readonly mayWait: boolean
  readonly modelText: string
  readonly context: Partial<CallContext>
}

const SETTINGS: ToolSettings = {
  maxRounds: 4,
  maxParallel: 2,
  timeoutSeconds: 5,
  approvalSeconds: 600,
  granted: [],
}

/** A complete set-up of tools except for the model. */
export function createBench(
  tools: readonly TestTool[],
  options: { settings?: Partial<ToolSettings>; store?: Store; totalSeconds?: number } = {},
): TestBench {
  const registry = createToolRegistry(tools)
  const questions: TestBench['questions'] = []
  const continued: IncomingUpdate[] = []
  const store = options.store ?? createMapStore()
  const bench: TestBench = {
    ...createTools({
      registry: () => registry,
      callTool: (plugin, ...call) => plugin.ask('tool', ...call),
      settings: () => ({ ...SETTINGS, ...options.settings }),
      totalSeconds: () => options.totalSeconds ?? 30,
      store,
      send: async (chat, reply) => void questions.push({ chat, reply }),
      goOn: async (update) => void continued.push(update),
      logger: SILENT_LOGGER,
      now: () => bench.now,
    }),
    registry,
    questions,
    continued,
    store,
    now: 1_000_000,
    async answer(steps, { text = 'please', history = [], context = {}, ...rest } = {}) {
      const messages = [...history, text].map((content, index, all) => ({
        role: (all.length - index) % 2 === 1 ? ('user' as const) : ('assistant' as const),
        content,
      }))
      const request = { tools: true, messages, context: createContext(context), ...rest }
      return (await Array.fromAsync(bench.stream(request, steps))).join('')
    },
    async press(button, context = {}) {
      const buttons = questions.at(-1)?.reply.buttons?.flat() ?? []
      const data = buttons.flatMap((item) =>
        'data' in item && item.text.includes(button) ? [item.data] : [],
      )[0]
      if (data === undefined) throw new Error(`there is no button ${button}`)
      const plugin = await bench.plugin.setup?.({} as never)
      return plugin?.processMessage?.(data, createContext({ callback: { id: 'press', data }, ...context }))
    },
  }
  return bench
}

export function createContext(context: Partial<MessageContext> = {}): MessageContext {
  return {
    chat: { id: 7, type: 'private' },
    user: { id: 7, firstName: 'Ann', isBot: false },
    role: 'everyone',
    message: {
      id: 40,
      text: 'please',
      entities: [],
      attachments: [],
      date: new Date(0),
      isEdited: false,
      isAddressed: true,
    },
    signal: new AbortController().signal,
    config: {},
    attempt: 1,
    timeZone: 'UTC',
    idempotencyKey: '1:ai_chatbot',
    reply: async () => [],
    react: async () => {},
    download: async () => new Uint8Array(),
    groupRights: async () => ({ userIsAdministrator: true, botSeesAllMessages: true }),
    ...context,
  }
}

/** A store that keeps JSON text, as the real one does. */
export function createMapStore(): Store {
  const values = new Map<string, string>()
  // the only methods that approvals use
  const store: Pick<Store, 'get' | 'set' | 'delete'> = {
    get: async <T>(key: string) => {
      const text = values.get(key)
      return text === undefined ? undefined : (JSON.parse(text) as T)
    },
    set: async (key, value) => void values.set(z.string().min(1).parse(key), JSON.stringify(value)),
    delete: async (key) => values.delete(key),
  }
  return store as Store
}
