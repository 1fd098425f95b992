import { PluggramError } from '@pluggram/sdk'
import type {
  CommandDefinition,
  MessageContext,
  Plugin,
  PluginResult,
  ScheduleDefinition,
  Services,
  ToolDefinition,
} from '@pluggram/sdk'
import type { Answer, CallKind, PluginDescriptor, Question } from '@pluggram/sdk/runtime'
import { inToolCall } from '@pluggram/services/plugin-side'
import { parseIssues, parseReconfigured } from './config-issues.ts'
import type { JsonObject } from '../json-types.ts'
import type { LiveConfig } from './live-config.ts'
import { parseResult } from './parse-result.ts'
import { parseStatus } from './parse-status.ts'
import type { StreamTable } from '../wire/streams.ts'
import { decodeResult, encodeResult } from '../wire/wire-response.ts'
import { checkTool, runTool } from './run-tool.ts'
import { toToolResult } from './tool-result.ts'

/** The parts of a plugin that answer calls, in the process in which it runs. */
export interface AnsweringPlugin {
  readonly descriptor: PluginDescriptor
  readonly commands: ReadonlyMap<string, CommandDefinition>
  readonly tools: ReadonlyMap<string, ToolDefinition>
  readonly schedules: ReadonlyMap<string, ScheduleDefinition>
  readonly instance: Plugin
  readonly config: LiveConfig
  /** The manifest depends on the configuration, so a new configuration requires a restart. */
  readonly isConfigurable: boolean
  readonly services: Services
}

/** What the services of a plugin need to know about a message. */
export type MessageScope = Pick<MessageContext, 'chat' | 'user' | 'message'>

/** Defines how a plugin answers one kind of call. */
interface AnswerRow<Kind extends CallKind> {
  /** Runs the plugin's own code, which may return anything. */
  run(this: void, plugin: AnsweringPlugin, question: Question<Kind>, signal: AbortSignal): unknown
  /**
   * Parses the answer, or throws. A plugin process's answer is parsed twice: there, and in the
   * host, which does not trust the process.
   */
  read(this: void, answer: unknown, plugin: string): Answer<Kind>
  /** The message of the call, for the plugin's services. */
  about?(this: void, question: Question<Kind>): MessageScope
  /** Encodes an answer to be sent to another process. Default: unchanged. */
  encode?(this: void, answer: Answer<Kind>, streams: StreamTable): unknown
  /** The reverse, before `read`; `open` reads a stream by its number. */
  decode?(this: void, answer: unknown, open: (stream: number) => AsyncIterable<string>): unknown
}

/** One row for each kind of call, beside its rules in `CALLS`. */
export const ANSWERS: { readonly [Kind in CallKind]: AnswerRow<Kind> } = {
  handle: {
    run(plugin, { message, context }, signal) {
      const configured = inChat(plugin, context, signal)
      // usually known already, so there is nothing to await
      return configured instanceof Promise
        ? configured.then((own) => answerMessage(plugin, message, own))
        : answerMessage(plugin, message, configured)
    },
    read: (answer, plugin) => parseResult(plugin, answer),
    about: ({ context }) => context,
    encode: encodeResult,
    decode: decodeResult,
  },
  tool: {
    async run(plugin, { name, input, context }, signal) {
      const { descriptor, tools, services } = plugin
      const own = await inChat(plugin, context, signal)
      return inToolCall(context, () =>
        runTool({ plugin: descriptor.name, name, tool: tools.get(name), input, context: own, services }),
      )
    },
    read: toToolResult,
    about: ({ context }) => context,
  },
  'check-tool': {
    run: ({ descriptor, tools }, { name, input }) =>
      checkTool({ plugin: descriptor.name, name, tool: tools.get(name), input }),
    read: (answer) => (typeof answer === 'string' ? answer.slice(0, MAX_PROBLEM_CHARACTERS) : undefined),
  },
  observe: {
    run: ({ instance }, event) => instance.observe?.(event),
    read: () => {},
    about: (event) => event,
  },
  schedule: {
    run: ({ schedules, services, config }, { task, run }, signal) =>
      schedules.get(task)?.execute({ ...run, signal, config: config.service.get(), services }),
    read: () => {},
  },
  forget: {
    run: ({ instance }, { userId }) => instance.forgetUser?.({ id: userId }),
    read: toForgotten,
  },
  provided: {
    run: ({ descriptor, instance }, { method, args }) =>
      callProvided(descriptor.name, instance, method, args),
    read: (answer) => answer,
  },
  status: {
    run: ({ instance }) => (instance.getStatus === undefined ? { status: 'active' } : instance.getStatus()),
    read: parseStatus,
  },
  'check-config': {
    run: ({ config }, { block }) => config.check(block as JsonObject),
    read: parseIssues,
  },
  reconfigure: {
    run: async ({ config, isConfigurable }, { block }) => {
      if (config.isSame(block as JsonObject)) return 'done'
      if (isConfigurable || !config.hasListeners) return 'replace'
      const issues = await config.replace(block as JsonObject)
      return issues.length === 0 ? 'done' : { issues }
    },
    read: parseReconfigured,
  },
}

/** The context with the configuration of its chat. */
function inChat(
  { config: live }: AnsweringPlugin,
  context: Question<'handle'>['context'],
  signal: AbortSignal,
): MessageContext | Promise<MessageContext> {
  const boxed = live.isPerChat ? live.inChat(context.chat.id) : live.general
  if (boxed instanceof Promise) return boxed.then(({ config }) => ({ ...context, config, signal }))
  return { ...context, config: boxed.config, signal }
}

function answerMessage(
  { instance, commands, services }: AnsweringPlugin,
  message: string,
  context: MessageContext,
): unknown {
  const command = context.command && commands.get(context.command.name)
  if (context.command && command?.execute) {
    return command.execute(context.command.args, { ...context, services })
  }
  return instance.processMessage?.(message, context) as PluginResult | undefined
}

/** Copies arguments and result, as between processes. */
async function callProvided(
  plugin: string,
  { provides }: Plugin,
  method: string,
  args: readonly unknown[],
): Promise<unknown> {
  const found: unknown =
    provides !== undefined && Object.hasOwn(provides, method) ? provides[method] : undefined
  if (typeof found !== 'function') {
    const names = Object.keys(provides ?? {}).join(', ') || 'nothing'
    throw new PluggramError(
      'plugin-not-found',
      `Plugin ${plugin} does not provide ${method}; it provides ${names}.`,
    )
  }
  const copies = structuredClone([...args])
  const result: unknown = await Reflect.apply(found, provides, copies)
  return structuredClone(result)
}

const MAX_PROBLEM_CHARACTERS = 2_000
const MAX_FORGOTTEN_CHARACTERS = 200

/** The result of `forgetUser` as a short line for a person; anything but text is ignored. */
function toForgotten(told: unknown): string | undefined {
  if (typeof told !== 'string') return undefined
  const line = told.replaceAll(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}\s]+/gu, ' ').trim()
  return line === '' ? undefined : line.slice(0, MAX_FORGOTTEN_CHARACTERS).toWellFormed()
}
