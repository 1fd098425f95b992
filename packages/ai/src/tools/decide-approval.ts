import { errorMessage, refusalFor } from '@pluggram/sdk'
import type { Logger, PluginResult } from '@pluggram/sdk'
import type { CallContext, PluginRegistry } from '@pluggram/sdk/runtime'
import { TEXTS } from '../texts.ts'
import { addressesIn } from './addresses.ts'
import { nameOf, settledQuestion, shownTool } from './approval-message.ts'
import { fingerprintOf } from './approval-record.ts'
import type { Approval } from './approval-record.ts'
import type { AllowedPlace, AlwaysAllowed } from './always-allowed.ts'
import type { Approvals } from './approvals.ts'
import type { KnownAddresses } from './known-addresses.ts'
import type { OfferedTool } from './offered-tools.ts'
import { mayUse } from './role-rank.ts'
import { runCall } from './run-call.ts'
import { showPictures } from './tool-pictures.ts'
import type { CallTool } from './run-call.ts'
import { errorText } from './tool-caller.ts'
import type { SettledCall, SettledCalls } from './settled-calls.ts'
import { oneVisibleLine, visibleText } from './visible-text.ts'
import type { WaitingTurns } from './waiting-turns.ts'

export interface DecideOptions {
  readonly approvals: Approvals
  readonly settled: SettledCalls
  readonly known: KnownAddresses
  readonly always: AlwaysAllowed
  readonly turns: Pick<WaitingTurns, 'decided'>
  readonly registry: () => PluginRegistry
  readonly callTool: CallTool
  readonly timeoutSeconds: () => number
  readonly logger: Logger
}

const PRESS = /^(?<answer>yes|always|ask|no):(?<id>[\w-]{12}):(?<mark>[\w-]{8})$/
/** How much of a result the chat shows; the model sees more. */
const MAX_SHOWN_RESULT = 3_000

const REFUSED = 'a person refused it'

/** Handles presses of approval buttons. */
export class ApprovalDecider {
  readonly #options: DecideOptions

  constructor(options: DecideOptions) {
    this.#options = options
  }

  async press(data: string, context: CallContext): Promise<PluginResult | undefined> {
    const { answer, id = '', mark = '' } = PRESS.exec(data)?.groups ?? {}
    const approval = answer === undefined ? undefined : await this.#options.approvals.find(id)
    if (!approval?.fingerprint.startsWith(mark) || approval.chatId !== context.chat.id) {
      return { success: false, error: TEXTS.questionIsGone }
    }
    const isAsker = approval.userId === context.user.id
    if (!isAsker && context.role !== 'owner') {
      const who = oneVisibleLine(approval.userName, 64)
      return { success: false, error: TEXTS.onlyOwnerOrPerson(who) }
    }
    if (approval.state === 'void' && this.#options.approvals.isExpired(approval))
      return this.#settle(approval, context, TEXTS.tooLate)
    switch (answer) {
      case 'no':
        return this.#refuse(approval, context)
      case 'ask':
        return this.#askAgain(approval, context)
      default:
        return this.#approve(approval, context, answer === 'always')
    }
  }

  async #refuse(approval: Approval, context: CallContext): Promise<PluginResult> {
    const { approvals } = this.#options
    if (approval.state === 'open' && approvals.isExpired(approval)) return this.#expire(approval, context)
    if (!(await approvals.move(approval, 'open', 'refused', { result: REFUSED }))) {
      return this.#tooLate(approval, context)
    }
    await this.#remember(approval, { outcome: 'refused', text: TEXTS.refusedByPerson })
    return this.#settle(approval, context, TEXTS.refused(oneVisibleLine(context.user.firstName, 64)))
  }

  /** Nobody decided in time: then the answer that waits goes on without the call. */
  async #expire(approval: Approval, context: CallContext): Promise<PluginResult> {
    const { approvals, turns } = this.#options
    await approvals.expire(approval.id)
    if (approval.turn !== undefined) await turns.decided(approval.turn)
    return this.#settle(approval, context, TEXTS.tooLate)
  }

  async #approve(approval: Approval, context: CallContext, isForGood: boolean): Promise<PluginResult> {
    const { approvals } = this.#options
    if (approval.state === 'open' && approvals.isExpired(approval)) {
      return this.#expire(approval, context)
    }
    const offered = this.#find(approval)
    if (!offered || fingerprintOf(approval, offered.tool) !== approval.fingerprint) {
      await approvals.move(approval, 'open', 'void', { result: 'the tool is gone or was changed' })
      if (approval.turn !== undefined) await this.#options.turns.decided(approval.turn)
      return this.#settle(approval, context, TEXTS.toolHasChanged)
    }
    if (!mayUse(context.role, offered.tool.role)) {
      return { success: false, error: refusalFor(offered.tool.role) }
    }
    if (!(await approvals.move(approval, 'open', 'running'))) return this.#tooLate(approval, context)
    const who = oneVisibleLine(context.user.firstName, 64)
    if (isForGood) await this.#options.always.allow(placeOf(approval), offered)
    await this.#show(approval, context, isForGood ? TEXTS.allowedAlways(who) : TEXTS.approved(who), isForGood)
    return this.#run(approval, offered, context)
  }

  /** Takes back that something is always allowed. */
  async #askAgain(approval: Approval, context: CallContext): Promise<PluginResult> {
    const offered = this.#find(approval)
    if (offered) await this.#options.always.revoke(placeOf(approval), offered)
    return this.#settle(approval, context, TEXTS.asksAgain)
  }

  async #run(approval: Approval, offered: OfferedTool, context: CallContext): Promise<PluginResult> {
    const { approvals, callTool, known, logger, timeoutSeconds } = this.#options
    await known.agree(context.chat, [...addressesIn(approval.args), ...(approval.addresses ?? [])])
    const isAsker = approval.userId === context.user.id
    const result = await runCall({
      callTool,
      offered,
      args: approval.args,
      // the call is on behalf of the user who asked, even if an owner pressed the button
      context: isAsker
        ? context
        : { ...context, user: { id: approval.userId, firstName: approval.userName, isBot: false } },
      timeoutSeconds: timeoutSeconds(),
      logger,
    })
    if (result.isDone && result.pictures)
      await showPictures(result.pictures, { id: offered.id, context, logger })
    const text = visibleText(result.isDone ? result.text : result.error)
    const shown = text.length > MAX_SHOWN_RESULT ? `${text.slice(0, MAX_SHOWN_RESULT).toWellFormed()}…` : text
    const tool = shownTool(approval)
    const head = result.isDone ? TEXTS.done(tool) : TEXTS.approvedButFailed(tool)
    const answer = shown.trim() === '' ? head : `${head}\n\n${shown}`
    await approvals.move(approval, 'running', 'done', {
      answer,
      result: result.isDone ? text : errorText(text),
    })
    const goesOn = await this.#remember(approval, { outcome: result.isDone ? 'done' : 'failed', text })
    return goesOn ? { success: true } : { success: true, response: answer }
  }

  /** The approval was already decided, or the program crashed during the call. */
  async #tooLate(approval: Approval, context: CallContext): Promise<PluginResult> {
    const { approvals } = this.#options
    const current = (await approvals.find(approval.id)) ?? approval
    // a retry of the same press after a crash: it is unknown how far the call got
    if (current.state === 'running' && context.attempt > 1) {
      const text = TEXTS.endedMeanwhile(shownTool(current))
      await approvals.move(current, 'running', 'done', { answer: `⚠️ ${text}`, result: errorText(text) })
      const goesOn = await this.#remember(current, { outcome: 'failed', text })
      return goesOn ? { success: true } : { success: true, response: `⚠️ ${text}` }
    }
    if (context.attempt > 1) {
      const goesOn = current.turn !== undefined && (await this.#options.turns.decided(current.turn))
      if (goesOn) return { success: true }
      if (current.answer !== undefined) return { success: true, response: current.answer }
    }
    return { success: false, error: TEXTS.decidedAlready(shownTool(current)) }
  }

  /**
   * Lets the answer that waits for it go on. Without one, or when it does not know yet that it waits,
   * the next answer in the chat is told.
   * @returns whether an answer waited for it
   */
  async #remember(approval: Approval, outcome: Pick<SettledCall, 'outcome' | 'text'>): Promise<boolean> {
    const { turn, args } = approval
    if (turn !== undefined && (await this.#options.turns.decided(turn))) return true
    await this.#options.settled.add(placeOf(approval).chat, { tool: nameOf(approval), args, ...outcome })
    return false
  }

  #find({ plugin, tool }: Approval): OfferedTool | undefined {
    const found = this.#options
      .registry()
      .plugins()
      .find(({ descriptor }) => descriptor.name === plugin)
    const descriptor = found?.descriptor.tools.find(({ name }) => name === tool)
    return found && descriptor && { id: `${plugin}.${tool}`, plugin: found, tool: descriptor }
  }

  #settle(approval: Approval, context: CallContext, outcome: string): PluginResult {
    return {
      success: true,
      response: { ...settledQuestion(approval, outcome), editMessageId: context.message.id },
    }
  }

  /**
   * Removes the buttons before the call starts. If the question cannot be edited, the call is made
   * anyway.
   */
  async #show(
    approval: Approval,
    context: CallContext,
    outcome: string,
    mayTakeBack: boolean,
  ): Promise<void> {
    const key = `${approval.id}:${approval.fingerprint.slice(0, 8)}`
    const buttons = mayTakeBack ? [[{ text: TEXTS.askAgain, data: `ask:${key}` }]] : []
    try {
      const question = settledQuestion(approval, outcome, buttons)
      await context.reply({ ...question, editMessageId: context.message.id })
    } catch (error) {
      this.#options.logger.debug(`A question could not be marked as answered: ${errorMessage(error)}`)
    }
  }
}

function placeOf({ chatId, topicId, userId }: Approval): AllowedPlace {
  return { chat: { id: chatId, ...(topicId !== undefined && { topicId }) }, userId }
}
