import { createPluginHost, createRefusedAi, EdgeCredentials } from '@pluggram/host'
import type { JsonObject } from '@pluggram/host'
import { PermissionError } from '@pluggram/sdk'
import type {
  AiService,
  HttpService,
  PluginClass,
  PluginDefinition,
  PluginManifest,
  PluginPermissions,
  PluginResult,
  PluginStatus,
  Services,
} from '@pluggram/sdk'
import type { PluginDescriptor } from '@pluggram/sdk/runtime'
import { createTestContext } from './test-context.ts'
import type { TestContext, TestMessage } from './test-context.ts'
import { createTestServices } from './test-services.ts'
import type { TestServices } from './test-services.ts'

export interface RunPluginOptions {
  /** The plugin's name; by default the manifest's, else `plugin_under_test`. */
  readonly name?: string
  /** Its block of config.json; the plugin's schema checks it. */
  readonly config?: JsonObject
  /**
   * What an owner has set for single chats, by the chat's id (`createTestContext` writes in chat
   * 1001).
   */
  readonly chatConfig?: Readonly<Record<number, JsonObject>>
  /**
   * Values of the manifest's credentials, by name. They are added to requests before `fetch` of
   * `createTestServices` sees them, and hidden in its answers.
   */
  readonly credentials?: Readonly<Record<string, string>>
  /** Default: `createTestServices()`. */
  readonly services?: Services & Partial<Pick<TestServices, 'schedules'>>
}

/** A plugin that runs as in the assistant, without one. */
export interface PluginUnderTest extends AsyncDisposable {
  readonly descriptor: PluginDescriptor
  /**
   * Sends a message, optionally with attachments or as another user. `undefined`: the plugin did
   * not take it.
   */
  send(text: string, message?: TestMessage): Promise<PluginResult | undefined>
  /** Presses a button. */
  press(data: string, message?: TestMessage): Promise<PluginResult | undefined>
  /**
   * Calls the plugin with your own context, so that you can inspect its `replies` and `reactions`.
   */
  ask(context: TestContext): Promise<PluginResult | undefined>
  /**
   * Calls a tool as the model would; the arguments are checked.
   * @throws PluggramError `tool-arguments-invalid`, or whatever the tool throws
   */
  callTool(name: string, args?: unknown, message?: TestMessage): Promise<unknown>
  /** Makes the plugin forget a user, as `/forget_me` does; returns the plugin's report. */
  forgetUser(userId: number): Promise<string | undefined>
  status(): Promise<PluginStatus | undefined>
  /** Labels of the plugin's current effects. */
  effects(): readonly string[]
  /** Runs `cleanup` and disposes of the effects. */
  stop(): Promise<void>
}

/**
 * Starts a plugin without the assistant. Its manifest, configuration and answers are checked as in
 * the assistant.
 * @throws Error with the assistant's message if the assistant would not start the plugin
 * @example
 * await using dice = await runPlugin(plugin, { config: { max_dice: 3 } })
 * expect(await collectText(await dice.send('/roll 2d6'))).toContain('2d6')
 */
export async function runPlugin(
  plugin: PluginClass | PluginDefinition,
  options: RunPluginOptions = {},
): Promise<PluginUnderTest> {
  const { config = {}, chatConfig = {}, credentials = {}, services = createTestServices(), name } = options
  const manifest = typeof plugin === 'function' ? plugin.manifest : plugin
  const pluginName = name ?? manifest?.name ?? 'plugin_under_test'
  const host = createPluginHost({
    candidates: [],
    builtIn: [{ name: pluginName, definition: plugin }],
    isEnabled: () => true,
    order: [],
    configFor: () => ({ block: config }),
    servicesFor: (_name, { permissions, credentials: definitions }, effects) => ({
      ...services,
      http: withCredentials(services.http, { definitions, permissions, values: credentials }),
      ai: permissions?.ai ? services.ai : forbiddenAi(pluginName),
      effects,
    }),
    chatBlock: (_plugin, chatId) => chatConfig[chatId],
    assistantName: services.assistant.name,
    logger: services.logger,
  })
  const { problems } = await host.start()
  const [runnable] = host.registry.plugins()
  if (!runnable) throw new Error(problems.map((problem) => problem.message).join('\n'))
  services.schedules?.declare(runnable)
  const ask = async (context: TestContext): Promise<PluginResult | undefined> =>
    runnable.ask(
      'handle',
      { message: context.callback?.data ?? context.message.text, context },
      context.signal,
    )
  return {
    descriptor: runnable.descriptor,
    send: (text, message = {}) => ask(createTestContext({ ...message, text })),
    press: (data, message = {}) => ask(createTestContext({ ...message, callback: data })),
    ask,
    callTool(tool, input, message = {}) {
      const context = createTestContext(message)
      return runnable.ask('tool', { name: tool, input, context }, context.signal)
    },
    forgetUser: (userId) => runnable.ask('forget', { userId }),
    status: async () => (await host.statuses())[0]?.status,
    effects: () => host.states()[0]?.effects ?? [],
    stop: () => host.stop(),
    [Symbol.asyncDispose]: () => host.stop(),
  }
}

/** Adds credentials to requests and hides them in answers, as the assistant does. */
function withCredentials(
  http: HttpService,
  {
    definitions,
    permissions,
    values,
  }: {
    readonly definitions: PluginManifest['credentials'] | undefined
    readonly permissions: PluginPermissions | undefined
    readonly values: Readonly<Record<string, string>>
  },
): HttpService {
  if (!definitions) return http
  const edge = new EdgeCredentials({
    definitions,
    granted: permissions?.credentials,
    valueFor: (name) => values[name],
  })
  return {
    async fetch(input, init) {
      const request = new Request(input, init)
      const headers = edge.headersFor(new URL(request.url), Object.fromEntries(request.headers))
      return edge.hideIn(await http.fetch(new Request(request, { headers })))
    },
  }
}

function forbiddenAi(plugin: string): AiService {
  return createRefusedAi(() => {
    throw new PermissionError(
      `Plugin ${plugin} uses the model without permissions: { ai: true } in its manifest.`,
    )
  })
}
