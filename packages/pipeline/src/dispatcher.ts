import { errorMessage, isPluggramError, PluggramError } from '@pluggram/sdk'
import type { Logger, PluginResult, Role } from '@pluggram/sdk'
import type {
  ChatActions,
  Format,
  IncomingUpdate,
  OutgoingMessage,
  PluginChats,
  RunnablePlugin,
} from '@pluggram/sdk/runtime'
import type { AbortGroup } from './abort-group.ts'
import { apology, callPlugin, countedFailure, failureFields } from './call-plugin.ts'
import type { CallOutcome, CountedOutcome } from './call-plugin.ts'
import { createMessageContext } from './message-context.ts'
import type { Outbox } from './outbox.ts'
import { oneSettled } from './one-settled.ts'
import { ReplyWriter, resultReplies } from './reply-writer.ts'
import type { WrittenAnswer } from './reply-writer.ts'
import type { Route, Router } from './router.ts'
import type { TypingIndicators } from './typing-indicators.ts'

export interface DispatcherOptions {
  readonly router: Router
  readonly format: Format
  readonly actions: ChatActions
  readonly outbox: Outbox
  readonly logger: Logger
  readonly pluginTimeoutMs: number
  readonly chats?: Pick<PluginChats, 'enter'>
  /** The reply in a private chat when no plugin answered. */
  readonly unansweredReply: string
  /** Called with the outcome of each plugin's call, once its answer is complete. */
  readonly onPluginCall?: ((plugin: string, outcome: CountedOutcome, seconds: number) => void) | undefined
  readonly typing: TypingIndicators
  /** Aborted when the assistant stops. */
  readonly signal: AbortSignal
  /** The controllers of calls in progress, aborted when `signal` is. */
  readonly underWay: AbortGroup
}

/** Which try this is, and on whose behalf. */
export interface Asking {
  /** 1 on the first try. */
  readonly attempt: number
  /** The role of the person who wrote. */
  readonly role: Role
}

export interface DispatchReport {
  /** The plugin that answered, or the first that failed. */
  readonly answeredBy?: string
  readonly outcome: 'answered' | 'unanswered' | 'failed' | 'interrupted'
  readonly answers: readonly string[]
  readonly messages: readonly OutgoingMessage[]
}

/**
 * Asks the plugins of an update's route one after another until one answers, and formats the
 * answer. When it is the turn of a plugin that is still starting, it waits for that plugin. If a
 * plugin fails without having been addressed, the next one is asked. The apology is sent only when
 * no plugin answered. Never throws.
 */
export async function dispatch(
  update: IncomingUpdate,
  { attempt, role }: Asking,
  options: DispatcherOptions,
): Promise<DispatchReport> {
  const { router } = options
  let route = router.route(update)
  let typing: ReturnType<TypingIndicators['begin']> | undefined
  const asked = new Set<string>()
  let queue = unasked(route, asked)
  const answers: string[] = []
  let failure: string | undefined
  let failedPlugin: string | undefined
  try {
    for (;;) {
      const plugin = queue.next().value
      const awaited = router.awaited(update, route, plugin)
      if (plugin ?? awaited[0]) typing ??= options.typing.begin(update.chat)
      if (awaited.length > 0) {
        await oneSettled(awaited, options.signal)
        if (options.signal.aborted) return { outcome: 'interrupted', answers: [], messages: [] }
        // the plugin that has just started now has its place in the order
        route = router.route(update)
        queue = unasked(route, asked)
        continue
      }
      if (!plugin) break
      asked.add(plugin.descriptor.name)
      const startedAt = performance.now()
      const member = options.underWay.join()
      let asking: [Answer, CountedOutcome]
      try {
        asking = await ask(member.value, plugin, update, { route, attempt, role, answers }, options)
      } finally {
        options.underWay.leave(member)
      }
      const [answer, outcome] = asking
      if (options.signal.aborted) return { outcome: 'interrupted', answers: [], messages: [] }
      options.onPluginCall?.(plugin.descriptor.name, outcome, (performance.now() - startedAt) / 1_000)
      if (answer === 'pass') continue
      if ('messages' in answer)
        return { answeredBy: plugin.descriptor.name, outcome: 'answered', answers, messages: answer.messages }
      failure ??= answer.apology
      failedPlugin ??= plugin.descriptor.name
      if (plugin === route.target || answer.isFinal) break
    }
  } finally {
    if (typing) options.typing.end(typing)
  }
  const notice = failure ?? unanswered(update, options)
  return {
    ...(failedPlugin !== undefined && { answeredBy: failedPlugin }),
    outcome: failure ? 'failed' : 'unanswered',
    answers: notice === undefined ? answers : [...answers, notice],
    messages: notice === undefined ? [] : options.format(update.chat, { text: notice }),
  }
}

/**
 * The plugins of a route that have not been asked yet. A generator, because the first plugin
 * usually answers and matching the others takes time.
 */
function* unasked(route: Route, asked: ReadonlySet<string>): Generator<RunnablePlugin, undefined> {
  const { target } = route
  if (target && !asked.has(target.descriptor.name)) yield target
  for (const plugin of route.others()) if (!asked.has(plugin.descriptor.name)) yield plugin
}

type Answer =
  | 'pass'
  | { readonly messages: readonly OutgoingMessage[] }
  | { readonly apology: string; readonly isFinal: boolean }

interface Way extends Asking {
  readonly route: Route
  /** Collects the texts of the answer. */
  readonly answers: string[]
}

/** Asks one plugin; `controller` aborts the call. */
async function ask(
  controller: AbortController,
  plugin: RunnablePlugin,
  update: IncomingUpdate,
  { route, attempt, role, answers }: Way,
  options: DispatcherOptions,
): Promise<[Answer, CountedOutcome]> {
  const { name } = plugin.descriptor
  const { signal } = controller
  const { format, actions, outbox, pluginTimeoutMs } = options
  const writer = new ReplyWriter({
    update,
    pluginName: name,
    format,
    actions,
    outbox,
    signal,
    stallMs: pluginTimeoutMs,
    onStall: () => {
      const error = new PluggramError(
        'plugin-timeout',
        `Plugin ${name} paused too long while writing its answer.`,
      )
      controller.abort(error)
      return error
    },
  })
  const context = createMessageContext({
    update,
    pluginName: name,
    actions,
    writer,
    signal,
    attempt,
    role,
    ...(route.callbackData !== undefined && { callbackData: route.callbackData }),
  })
  const message = route.callbackData ?? update.message.text
  const leave = options.chats?.enter(name, update.chat.id)
  const outcome = await callPlugin(plugin, message, context, { timeoutMs: pluginTimeoutMs, controller })
  leave?.(outcome.outcome === 'ok' || plugin === route.target)
  if (outcome.outcome === 'pass') return ['pass', 'pass']
  if (outcome.outcome !== 'ok') {
    return [failed(name, update, outcome, options), countedFailure(outcome.error)]
  }
  const writing = write(writer, outcome.result)
  const written = writing instanceof Promise ? await writing : writing
  answers.push(...writer.texts)
  if (!written.failure) return [{ messages: written.messages }, 'ok']
  const { error } = written.failure
  return [brokeOff(name, update, { messages: written.messages, error }, options), countedFailure(error)]
}

function write(
  writer: ReplyWriter,
  result: Extract<PluginResult, { success: true }>,
): WrittenAnswer | Promise<WrittenAnswer> {
  const broken = (error: unknown): WrittenAnswer => ({ messages: [], failure: { error } })
  try {
    const writing = writer.write(resultReplies(result))
    return writing instanceof Promise ? writing.catch(broken) : writing
  } catch (error) {
    return broken(error)
  }
}

function failed(
  name: string,
  update: IncomingUpdate,
  outcome: Exclude<CallOutcome, { outcome: 'ok' | 'pass' }>,
  { logger, signal }: DispatcherOptions,
): Answer {
  const isRefusal = outcome.outcome === 'refused'
  const answer: Answer = { apology: apology(name, outcome), isFinal: isRefusal }
  if (signal.aborted) return answer
  const fields = { plugin: name, chat: update.chat.id, update: update.updateId, ...failureFields(outcome) }
  // a refusal is an answer to the user; a crash or timeout concerns the owner
  if (isRefusal) logger.info('plugin answered with an error', fields)
  else logger.error('plugin failed', { outcome: outcome.outcome, ...fields })
  return answer
}

/** The plugin answered, but the answer broke off or cannot be sent. No other plugin is asked. */
function brokeOff(
  name: string,
  update: IncomingUpdate,
  { messages, error }: { readonly messages: readonly OutgoingMessage[]; readonly error: unknown },
  { logger, signal }: DispatcherOptions,
): Answer {
  if (!signal.aborted) {
    const fields = {
      plugin: name,
      chat: update.chat.id,
      update: update.updateId,
      error: errorMessage(error),
      err: error,
    }
    logger.error('an answer broke off', fields)
  }
  // the truncated text already says that it is incomplete
  if (messages.length > 0) return { messages }
  const isAboutModel = isPluggramError(error) && error.code.startsWith('ai-')
  const text = isAboutModel ? `⚠️ ${error.message}` : `⚠️ The answer of ${name} could not be shown.`
  return { apology: text, isFinal: true }
}

function unanswered(update: IncomingUpdate, options: DispatcherOptions): string | undefined {
  const isExpected = update.kind === 'message' && update.chat.type === 'private'
  return isExpected ? options.unansweredReply : undefined
}
