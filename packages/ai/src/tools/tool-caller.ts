import { errorMessage, isPluggramError, refusalFor } from '@pluggram/sdk'
import type { Logger, ModelFile } from '@pluggram/sdk'
import { recorded } from '@pluggram/sdk/runtime'
import type { CallContext } from '@pluggram/sdk/runtime'
import { nameOf } from './approval-message.ts'
import { fingerprintOf } from './approval-record.ts'
import type { Approval } from './approval-record.ts'
import type { AlwaysAllowed } from './always-allowed.ts'
import type { ApprovalRequest, Approvals } from './approvals.ts'
import type { OfferedTool } from './offered-tools.ts'
import { mayUse } from './role-rank.ts'
import { runCall } from './run-call.ts'
import type { CallTool } from './run-call.ts'
import { isGranted } from './tool-settings.ts'
import type { ToolSettings } from './tool-settings.ts'
import type { ModelCall } from './tool-step.ts'
import { refuseAddress } from './turn-guard.ts'
import { showPictures } from './tool-pictures.ts'
import type { TurnGuard } from './turn-guard.ts'
import { markUntrusted } from './untrusted-data.ts'

export interface ToolCallerOptions {
  readonly callTool: CallTool
  readonly settings: () => ToolSettings
  readonly approvals: Approvals
  readonly always: AlwaysAllowed
  readonly logger: Logger
}

/** The calls of one step and their context. */
export interface CallsRequest {
  readonly calls: readonly ModelCall[]
  readonly tools: ReadonlyMap<string, OfferedTool>
  readonly guard: TurnGuard
  readonly context: CallContext
  /** The answer can wait until a person has decided. */
  readonly mayWait: boolean
  /** How often each call, by its fingerprint, was made in this answer. */
  readonly made: Map<string, number>
}

/** What the model gets to see of a call. */
export interface CallAnswer {
  readonly call: ModelCall
  readonly text: string
  /** The tool's text, which may contain anything; absent when it was not called. */
  readonly result?: string
  /** The approval for which it waits; it has no text to go on with yet. */
  readonly waitsFor?: Approval
  /** Pictures of the result. */
  readonly pictures?: readonly ModelFile[]
}

/** Limit of calls in one step. A model that asks for more has gone wrong. */
const MAX_CALLS = 16

/**
 * Checks every call and executes the allowed ones, within the owner's limit of concurrent calls.
 */
export class ToolCaller {
  readonly #options: ToolCallerOptions

  constructor(options: ToolCallerOptions) {
    this.#options = options
  }

  /** @throws the reason of the context's signal when that is aborted */
  async callAll(request: CallsRequest): Promise<readonly CallAnswer[]> {
    const { calls, guard, context } = request
    const isAlways = await this.#options.always.at({ chat: context.chat, userId: context.user.id })
    // all calls are judged before any runs: the model made them without seeing each other's results
    const works = calls.map((call, index) =>
      index < MAX_CALLS
        ? this.#prepare(call, request, isAlways)
        : async () => own(call, `More than ${MAX_CALLS} calls at once are not made. Make fewer.`),
    )
    const answers: CallAnswer[] = []
    let next = 0
    const worker = async (): Promise<void> => {
      for (let index = next++; index < works.length; index = next++) {
        const answer = await works[index]?.()
        if (answer) answers[index] = answer
      }
    }
    const { maxParallel } = this.#options.settings()
    await Promise.all(Array.from({ length: Math.min(maxParallel, works.length) }, worker))
    for (const { result } of answers) if (result !== undefined) guard.sawResult(result)
    return answers
  }

  #prepare(
    call: ModelCall,
    request: CallsRequest,
    isAlways: (tool: OfferedTool) => boolean,
  ): () => Promise<CallAnswer> {
    const { tools, guard, context } = request
    const offered = tools.get(call.name)
    if (!offered) return async () => own(call, `There is no tool ${call.name.slice(0, 100)}.`)
    const { id, plugin, tool } = offered
    if (!mayUse(context.role, tool.role)) {
      return async () => own(call, `${id} is not for this person. ${refusalFor(tool.role)} Say so.`)
    }
    if (call.error !== undefined)
      return async () => own(call, `The arguments cannot be read: write them as JSON.`)
    const settings = this.#options.settings()
    const { name } = plugin.descriptor
    const verdict = guard.judge({
      plugin: name,
      effect: tool.effect,
      isGranted: isGranted(settings, name, tool.name) || isAlways(offered),
      args: call.args,
    })
    if (!verdict.mayRun) {
      const { reason, isGrantable = false } = verdict
      return () => this.#ask(call, offered, { reason, isGrantable }, request)
    }
    const key = callKey(call, offered, request)
    return () => this.#run(call, offered, key, request)
  }

  async #run(
    call: ModelCall,
    offered: OfferedTool,
    idempotencyKey: string,
    request: CallsRequest,
  ): Promise<CallAnswer> {
    const { guard, context } = request
    const refused: URL[] = []
    const mayReach: CallContext['mayReach'] = (url, from) => {
      const may = guard.mayReach(offered.plugin.descriptor.name, url, from)
      if (!may) refused.push(url)
      return may
    }
    const result = await runCall({
      callTool: this.#options.callTool,
      offered,
      args: call.args,
      context: { ...context, mayReach, idempotencyKey },
      timeoutSeconds: this.#options.settings().timeoutSeconds,
      logger: this.#options.logger,
    })
    const [first] = refused
    // whatever the tool made of it: with a person's consent the call is made once more
    if (first) {
      const addresses = refused.map(({ href }) => href)
      return this.#ask(call, offered, { ...refuseAddress(first.href), addresses }, request)
    }
    const text = result.isDone ? result.text : errorText(result.error)
    const pictures = result.isDone ? result.pictures : undefined
    if (pictures) await showPictures(pictures, { id: offered.id, context, logger: this.#options.logger })
    const shown = markUntrusted(offered.id, text)
    if (offered.tool.isResultOwn === true && !pictures) return own(call, shown)
    return { call, result: text, text: shown, ...(pictures && { pictures }) }
  }

  async #ask(
    call: ModelCall,
    offered: OfferedTool,
    why: Pick<ApprovalRequest, 'reason' | 'addresses' | 'isGrantable'>,
    { context, mayWait }: CallsRequest,
  ): Promise<CallAnswer> {
    const { id } = offered
    const { approvals, logger } = this.#options
    // nobody should have to decide about a call that cannot be made
    const problem = await checkCall(offered, call.args, { context, logger })
    if (problem !== undefined) return own(call, errorText(problem))
    const request = { offered, args: call.args, context, ...why, isAwaited: mayWait }
    const outcome = await recorded('approval', id, async (step) => {
      const answer = await approvals.ask(request)
      step?.end(approvalState(answer))
      return answer
    })
    context.signal.throwIfAborted()
    if (typeof outcome === 'object' && 'asked' in outcome) {
      const text = `${id} was not called yet: a person is asked to approve it with a button in this chat.`
      return { ...own(call, text), ...(mayWait && { waitsFor: outcome.asked }) }
    }
    if (outcome === 'waiting') {
      return own(call, `${id} was not called: the same call waits for a person's approval already.`)
    }
    if ('refused' in outcome) return own(call, `${id} cannot be called: ${outcome.refused}.`)
    const { settled } = outcome
    if (mayWait && settled.state === 'running') return { call, text: '', waitsFor: settled }
    return { call, ...decidedText(settled) }
  }
}

/** What became of a question to a person, in one word for the journey. */
function approvalState(outcome: Awaited<ReturnType<Approvals['ask']>>): string {
  if (outcome === 'waiting') return outcome
  if ('asked' in outcome) return 'asked'
  return 'settled' in outcome ? outcome.settled.state : 'not asked'
}

/**
 * The same for the same call in every try of an answer. The model's own ids of calls are not: after a
 * crash it is asked again, and makes new ones.
 */
function callKey(call: ModelCall, { plugin, tool }: OfferedTool, { context, made }: CallsRequest): string {
  const { name } = plugin.descriptor
  const asked = {
    plugin: name,
    tool: tool.name,
    args: call.args,
    chatId: context.chat.id,
    userId: context.user.id,
  }
  const fingerprint = fingerprintOf(asked, tool)
  const count = (made.get(fingerprint) ?? 0) + 1
  made.set(fingerprint, count)
  return `${context.idempotencyKey}:${fingerprint}:${count}`
}

/** What the model reads of a call that a person decided about. */
export function decidedText(approval: Approval): Pick<CallAnswer, 'text' | 'result'> {
  const { state, answer, result = answer } = approval
  const id = nameOf(approval)
  if (state === 'refused')
    return { text: `${id} was not called: a person refused it. Say so in a few words.` }
  if (state === 'void')
    return { text: `${id} was not called: ${result ?? 'the question is no longer valid'}.` }
  if (result === undefined) return { text: `${id} was approved by a person and is being called already.` }
  return { result, text: markUntrusted(id, result) }
}

/** What is wrong with the arguments of a call, in words for the model. */
async function checkCall(
  { id, plugin, tool }: OfferedTool,
  input: unknown,
  { context, logger }: { readonly context: CallContext; readonly logger: Logger },
): Promise<string | undefined> {
  try {
    return await plugin.ask('check-tool', { name: tool.name, input }, context.signal)
  } catch (error) {
    context.signal.throwIfAborted()
    logger.warn(`The arguments of ${id} could not be checked: ${errorMessage(error)}`, { tool: id })
    return isPluggramError(error) ? error.message : `${id} failed. Details are in the log.`
  }
}

/** A failure in words for the model. */
export function errorText(error: string): string {
  return `Error: ${error}`
}

/** An answer written by us, not by a tool. */
function own(call: ModelCall, text: string): CallAnswer {
  return { call, text }
}
