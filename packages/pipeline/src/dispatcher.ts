import { errorMessage, isPluggramError, PluggramError } from '@pluggram/sdk'
import type { Logger } from '@pluggram/sdk'
import type { IncomingUpdate, Messenger, RunnablePlugin } from '@pluggram/sdk/runtime'
import { apology, callPlugin, failureFields } from './call-plugin.ts'
import type { CallOutcome } from './call-plugin.ts'
import { createMessageContext } from './message-context.ts'
import { resultReplies } from './responses.ts'
import type { Route, Router } from './router.ts'
import { TypingIndicator } from './typing-indicator.ts'

export interface DispatcherOptions {
  readonly router: Router
  readonly messenger: Messenger
  readonly logger: Logger
  readonly pluginTimeoutMs: number
  /** What a private chat hears when no plugin answered. */
  readonly unansweredReply: string
  /** Aborted when the assistant stops for good. */
  readonly signal: AbortSignal
}

/** What came of one update. */
export interface DispatchReport {
  readonly answeredBy?: string
  readonly outcome: 'answered' | 'unanswered' | 'failed'
}

/**
 * Asks the plugins of an update's route one after another until one answers, and delivers the answer.
 * A plugin that fails without having been addressed does not keep the next one from answering; the
 * apology is sent only when nobody did. Never throws.
 */
export async function dispatch(update: IncomingUpdate, options: DispatcherOptions): Promise<DispatchReport> {
  const route = options.router.route(update)
  const plugins = route.target ? [route.target, ...route.others] : route.others
  const typing = plugins.length > 0 ? new TypingIndicator(options.messenger, update.chat) : undefined
  let failure: string | undefined
  try {
    for (const plugin of plugins) {
      if (options.signal.aborted) break
      const outcome = await ask(plugin, update, route, options)
      if (outcome === 'answered') return { answeredBy: plugin.descriptor.name, outcome }
      if (outcome === 'pass') continue
      failure ??= outcome.apology
      if (plugin === route.target || outcome.isFinal) break
    }
  } finally {
    typing?.stop()
  }
  const notice = failure ?? unanswered(update, options)
  if (notice) await say(update, notice, options)
  return { outcome: failure ? 'failed' : 'unanswered' }
}

type Answer = 'answered' | 'pass' | { readonly apology: string; readonly isFinal: boolean }

async function ask(
  plugin: RunnablePlugin,
  update: IncomingUpdate,
  route: Route,
  options: DispatcherOptions,
): Promise<Answer> {
  const { name } = plugin.descriptor
  const controller = new AbortController()
  const { context, deliver } = createMessageContext({
    update,
    pluginName: name,
    messenger: options.messenger,
    signal: AbortSignal.any([controller.signal, options.signal]),
    attempt: 1,
    stallMs: options.pluginTimeoutMs,
    onStall: () => {
      const error = new PluggramError(
        'plugin-timeout',
        `Plugin ${name} paused too long while writing its answer.`,
      )
      controller.abort(error)
      return error
    },
    ...(route.command && { command: route.command }),
    ...(route.callbackData !== undefined && { callbackData: route.callbackData }),
  })
  const message = route.callbackData ?? update.message.text
  const outcome = await callPlugin(plugin, message, context, {
    timeoutMs: options.pluginTimeoutMs,
    controller,
  })
  if (outcome.outcome === 'pass') return 'pass'
  if (outcome.outcome !== 'ok') return failed(name, update, outcome, options)
  try {
    await deliver(resultReplies(outcome.result))
    return 'answered'
  } catch (error) {
    return deliveryFailed(name, update, error, options)
  }
}

function failed(
  name: string,
  update: IncomingUpdate,
  outcome: Exclude<CallOutcome, { outcome: 'ok' | 'pass' }>,
  { logger }: DispatcherOptions,
): Answer {
  const fields = { plugin: name, chat: update.chat.id, update: update.updateId, ...failureFields(outcome) }
  // a refusal is the plugin's answer; a crash or time-out may not be anybody's business but the owner's
  if (outcome.outcome === 'refused') logger.info('plugin answered with an error', fields)
  else logger.error('plugin failed', { outcome: outcome.outcome, ...fields })
  return { apology: apology(name, outcome), isFinal: outcome.outcome === 'refused' }
}

/** The answer was there but did not arrive, or ended half way: nobody else is asked. */
function deliveryFailed(
  name: string,
  update: IncomingUpdate,
  error: unknown,
  { logger, signal }: DispatcherOptions,
): Answer {
  const fields = { plugin: name, chat: update.chat.id, update: update.updateId, error: errorMessage(error) }
  if (signal.aborted) {
    logger.warn('answer interrupted by the stop', fields)
    return 'answered'
  }
  const code = isPluggramError(error) ? error.code : undefined
  if (code === 'delivery-blocked') {
    logger.info('the chat does not take messages any more', fields)
    return 'answered'
  }
  logger.error('answer not delivered', { ...fields, err: error })
  const reason = isPluggramError(error) && code?.startsWith('ai-') ? error.message : undefined
  const text = reason ? `⚠️ ${reason}` : `⚠️ The answer of ${name} could not be shown.`
  return { apology: text, isFinal: true }
}

function unanswered(update: IncomingUpdate, options: DispatcherOptions): string | undefined {
  const isExpected = update.kind === 'message' && update.chat.type === 'private'
  return isExpected ? options.unansweredReply : undefined
}

async function say(update: IncomingUpdate, text: string, options: DispatcherOptions): Promise<void> {
  if (options.signal.aborted) return
  try {
    await options.messenger.send(update.chat, { text }, options.signal)
  } catch (error) {
    options.logger.warn('notice not delivered', { chat: update.chat.id, error: errorMessage(error) })
  }
}
