import type { Logger, PluginDefinition, Store, TextRequest } from '@pluggram/sdk'
import { AiError } from '@pluggram/sdk'
import type { IncomingUpdate, PluginRegistry } from '@pluggram/sdk/runtime'
import { AlwaysAllowed } from './always-allowed.ts'
import { createApprovalsPlugin } from './approvals-plugin.ts'
import { Approvals } from './approvals.ts'
import type { SendQuestion } from './approvals.ts'
import { ApprovalDecider } from './decide-approval.ts'
import { KnownAddresses } from './known-addresses.ts'
import type { CallTool } from './run-call.ts'
import { SettledCalls } from './settled-calls.ts'
import { decidedText, ToolCaller } from './tool-caller.ts'
import { ToolLoop } from './tool-loop.ts'
import type { ToolSettings } from './tool-settings.ts'
import type { StreamStep } from './tool-step.ts'
import { Turns } from './turn.ts'
import { WaitingTurns } from './waiting-turns.ts'

export interface ToolsOptions {
  /** The plugins that are on in a chat, or all of them. */
  readonly registry: (chatId?: number) => PluginRegistry
  /** Executes all tool calls. */
  readonly callTool: CallTool
  /** Read for every answer, so that configuration changes take effect immediately. */
  readonly settings: () => ToolSettings
  /** `ai.timeouts.total_seconds`. */
  readonly totalSeconds: () => number
  /** Stores approvals across restarts. */
  readonly store: Store
  /** Sends the questions. */
  readonly send: SendQuestion
  /** Lets a plugin answer a message again; an update with the same id counts once. */
  readonly goOn: (update: IncomingUpdate) => Promise<void>
  readonly logger: Logger
  /** Milliseconds since 1970; injected by tests. */
  readonly now?: () => number
}

/** The tools of all plugins, for the model that answers. */
export interface Tools {
  /**
   * Answers a request with `tools` in steps; passes any other request to `streamStep` unchanged.
   */
  stream(request: TextRequest, streamStep: StreamStep, plugin?: string): AsyncIterable<string>
  /** Handles the buttons of approvals. Must be started with the other plugins. */
  readonly plugin: PluginDefinition
}

/** Wires up tool calling: permissions, approvals, and the steps of an answer. */
export function createTools(options: ToolsOptions): Tools {
  const { registry, callTool, settings, store, send, goOn, logger, totalSeconds, now = Date.now } = options
  const always = new AlwaysAllowed(store)
  const settled = new SettledCalls(store)
  const known = new KnownAddresses(store)
  const approvals = new Approvals({
    store,
    send,
    logger,
    now,
    approvalSeconds: () => settings().approvalSeconds,
  })
  const waiting = new WaitingTurns({
    store,
    find: (id) => approvals.find(id),
    outcome: decidedText,
    expire: (id) => approvals.expire(id),
    goOn,
    logger,
    now,
  })
  const loop = new ToolLoop({
    registry,
    settings,
    totalSeconds,
    logger,
    turns: new Turns(known, settled),
    waiting,
    caller: new ToolCaller({ callTool, settings, approvals, always, logger }),
  })
  const decider = new ApprovalDecider({
    approvals,
    settled,
    known,
    always,
    turns: waiting,
    registry,
    callTool,
    logger,
    timeoutSeconds: () => settings().timeoutSeconds,
  })
  return {
    stream(request, streamStep, plugin) {
      if (request.tools !== true) return streamStep(request)
      const { context } = request
      if (!context) {
        throw new AiError(
          'ai-refused',
          'A request with tools needs the context of the message: { tools: true, context }.',
        )
      }
      return loop.stream({ ...request, context, ...(plugin !== undefined && { plugin }) }, streamStep)
    },
    plugin: createApprovalsPlugin(decider, { known, always, waiting }),
  }
}
