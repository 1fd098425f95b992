import { errorMessage, isPluggramError, PluggramError } from '@pluggram/sdk'
import type { PluginResult } from '@pluggram/sdk'
import type { CallContext, RunnablePlugin } from '@pluggram/sdk/runtime'

/** How long an aborted plugin has to stop before its call counts as timed out. */
const GRACE_MS = 1_000

/** The outcome of asking one plugin about one message. */
export type CallOutcome =
  | { readonly outcome: 'ok'; readonly result: Extract<PluginResult, { success: true }> }
  | { readonly outcome: 'pass' }
  /** The plugin returned a failure; its text is shown to the user. */
  | { readonly outcome: 'refused'; readonly error: string }
  /** The plugin threw, or returned something that is not a result. */
  | { readonly outcome: 'error'; readonly error: unknown }
  | { readonly outcome: 'timeout'; readonly error: PluggramError }

export interface CallOptions {
  readonly timeoutMs: number
  /** The controller behind the context's signal. */
  readonly controller: AbortController
}

/**
 * Asks a plugin about a message. Never rejects. At the deadline it aborts the context's signal.
 */
export function callPlugin(
  plugin: RunnablePlugin,
  message: string,
  context: CallContext,
  { timeoutMs, controller }: CallOptions,
): Promise<CallOutcome> {
  return new Promise((resolve) => {
    let timedOut: PluggramError | undefined
    let timer = setTimeout(() => {
      const error = new PluggramError(
        'plugin-timeout',
        `Plugin ${plugin.descriptor.name} did not answer within ${timeoutMs / 1_000} s.`,
      )
      timedOut = error
      controller.abort(error)
      timer = setTimeout(() => resolve({ outcome: 'timeout', error }), GRACE_MS)
    }, timeoutMs)
    const fail = (error: unknown): void => {
      clearTimeout(timer)
      if (timedOut && controller.signal.reason === timedOut) resolve({ outcome: 'timeout', error: timedOut })
      else resolve({ outcome: 'error', error })
    }
    const succeed = (result: PluginResult | undefined): void => {
      clearTimeout(timer)
      resolve(toOutcome(result))
    }
    plugin.ask('handle', { message, context }, controller.signal).then(succeed, fail)
  })
}

function toOutcome(result: PluginResult | undefined): CallOutcome {
  if (result === undefined) return { outcome: 'pass' }
  if (result.success) return { outcome: 'ok', result }
  return { outcome: 'refused', error: result.error || 'no reason given' }
}

/**
 * One line for the chat about a plugin that failed. What it threw is left out: it may contain
 * secrets.
 */
export function apology(
  pluginName: string,
  outcome: Exclude<CallOutcome, { outcome: 'ok' | 'pass' }>,
): string {
  switch (outcome.outcome) {
    case 'refused':
      return `⚠️ ${outcome.error.slice(0, 1_000)}`
    case 'timeout':
      return tooLong(pluginName)
    case 'error':
      return failureText(pluginName, outcome.error)
  }
}

function failureText(pluginName: string, error: unknown): string {
  switch (countedFailure(error)) {
    case 'timeout':
      return tooLong(pluginName)
    case 'crash':
      return isPluggramError(error) && error.isRetryable
        ? `⚠️ ${pluginName} crashed and is started again. Please try again.`
        : `⚠️ ${pluginName} is out of order since it crashed again and again. The owner finds the reason in the log.`
    case 'error':
      return `⚠️ Something went wrong in ${pluginName}. The owner finds the reason in the log.`
  }
}

function tooLong(pluginName: string): string {
  return `⚠️ ${pluginName} took too long and was stopped. Please try again.`
}

/** The log fields that say why a call failed. */
export function failureFields(outcome: CallOutcome): Record<string, unknown> {
  if (outcome.outcome === 'ok' || outcome.outcome === 'pass') return {}
  const { error } = outcome
  return typeof error === 'string' ? { error } : { error: errorMessage(error), err: error }
}

/** How a call is counted. */
export type CountedOutcome = 'ok' | 'pass' | 'error' | 'timeout' | 'crash'

/** What a failure counts as. A refusal counts as an error. */
export function countedFailure(error: unknown): Exclude<CountedOutcome, 'ok' | 'pass'> {
  if (!isPluggramError(error)) return 'error'
  if (error.code === 'plugin-timeout') return 'timeout'
  return error.code === 'plugin-crashed' ? 'crash' : 'error'
}
