import { errorMessage, isPluggramError, PluggramError } from '@pluggram/sdk'
import type { GroupRights, Logger, PluginResult, Role } from '@pluggram/sdk'
import { currentStep, errorName, pluginTitle } from '@pluggram/sdk/runtime'
import type {
  CallContext,
  ChatActions,
  Format,
  IncomingUpdate,
  OutgoingMessage,
  PluginChats,
  RunnablePlugin,
  TimeZones,
} from '@pluggram/sdk/runtime'
import type { Outbox } from './outbox.ts'
import type { ReplyGuard } from './reply-writer.ts'
import { ReplyWriter, resultReplies } from './reply-writer.ts'
import type { WrittenAnswer } from './reply-writer.ts'
import type { Route } from './router.ts'
import { TEXTS } from './texts.ts'

/** How long an aborted plugin has to stop before its call counts as timed out. */
const GRACE_MS = 1_000

export interface AskOptions {
  readonly format: Format
  readonly actions: ChatActions
  readonly outbox: Outbox
  readonly guard: ReplyGuard
  readonly logger: Logger
  /** How long a plugin may take for its answer, and pause while it writes one. */
  readonly pluginTimeoutMs: number
  readonly chats?: Pick<PluginChats, 'enter'>
  readonly timeZones?: TimeZones | undefined
  /** Aborted when the assistant stops. */
  readonly signal: AbortSignal
}

/** Which try this is, and on whose behalf. */
export interface Asking {
  /** 1 on the first try. */
  readonly attempt: number
  /** The role of the person who wrote. */
  readonly role: Role
}

export interface Question extends Asking {
  readonly update: IncomingUpdate
  readonly route: Route
  /** The data of the button that was pressed. */
  readonly pressed: string | undefined
  /** Aborts the call. */
  readonly controller: AbortController
  /** Collects the texts of the answer. */
  readonly answers: string[]
}

/** What asking one plugin led to. */
export type Answer =
  | 'pass'
  | {
      readonly messages: readonly OutgoingMessage[]
      /** The message whose earlier answer these take the place of. */
      readonly replacesAnswerTo?: number | undefined
    }
  | { readonly apology: string; readonly isFinal: boolean }

/** How a call is counted. */
export type CountedOutcome = 'ok' | 'refused' | 'pass' | 'error' | 'timeout' | 'crash'

/** The outcome of a plugin's call, before its answer is written. */
type CallOutcome =
  | { readonly outcome: 'ok'; readonly result: Extract<PluginResult, { success: true }> }
  | { readonly outcome: 'pass' }
  /** The plugin returned a failure; its text is shown to the user. */
  | { readonly outcome: 'refused'; readonly error: string }
  /** The plugin threw, or returned something that is not a result. */
  | { readonly outcome: 'error'; readonly error: unknown }
  | { readonly outcome: 'timeout'; readonly error: PluggramError }

/** Asks one plugin about an update and formats its answer. Never rejects. */
export async function askPlugin(
  plugin: RunnablePlugin,
  question: Question,
  options: AskOptions,
): Promise<[Answer, CountedOutcome]> {
  const { name } = plugin.descriptor
  const { update, route, controller, answers } = question
  const { format, actions, outbox, guard, logger, pluginTimeoutMs, chats } = options
  const writer = new ReplyWriter({
    update,
    pluginName: name,
    format,
    actions,
    outbox,
    guard,
    logger,
    signal: controller.signal,
    stallMs: pluginTimeoutMs,
    onStall: () => {
      const error = new PluggramError(
        'plugin-timeout',
        `Plugin ${name} paused too long while writing its answer.`,
      )
      controller.abort(error)
      return error
    },
    onStopped: () => controller.abort(new Error('The person stopped the answer.')),
  })
  const leave = chats?.enter(name, update.chat.id)
  const context = createContext(name, question, { writer, ...options })
  const outcome = await callPlugin(plugin, question, context, pluginTimeoutMs)
  const hasAnswered = outcome.outcome === 'ok' || outcome.outcome === 'refused'
  leave?.(hasAnswered || plugin === route.target)
  if (outcome.outcome === 'pass') return ['pass', 'pass']
  if (isUnreachable(controller.signal)) return [leftOut(name, update, options), 'ok']
  if (outcome.outcome === 'refused') return [refused(outcome.error, question, options), 'refused']
  if (outcome.outcome !== 'ok') {
    return [failed(plugin.descriptor, update, outcome, options), countedFailure(outcome.error)]
  }
  const writing = write(writer, outcome.result)
  const written = writing instanceof Promise ? await writing : writing
  answers.push(...writer.texts)
  const { replacesAnswerTo } = writer
  if (!written.failure) return [{ messages: written.messages, replacesAnswerTo }, 'ok']
  if (isUnreachable(controller.signal)) return [leftOut(name, update, options), 'ok']
  const { error } = written.failure
  return [
    brokeOff(plugin.descriptor, update, { messages: written.messages, error }, options),
    countedFailure(error),
  ]
}

/** What a plugin sees of an update, bound to that plugin and to the chat the update came from. */
function createContext(
  plugin: string,
  { update, pressed, role, attempt, controller: { signal } }: Question,
  { writer, actions, timeZones }: AskOptions & { readonly writer: ReplyWriter },
): CallContext {
  const { user, message } = update
  const chat = timeZones?.withZone(update.chat) ?? update.chat
  return {
    chat,
    user,
    role,
    message,
    timeZone: timeZones?.of(user.id, chat.id) ?? 'UTC',
    signal,
    attempt,
    idempotencyKey: `${update.updateId}:${plugin}`,
    ...(update.command && { command: update.command }),
    ...(update.continues && { continues: update.continues.turn }),
    ...(update.kind === 'callback_query' &&
      pressed !== undefined && { callback: { id: update.callback.id, data: pressed } }),
    reply: (response) => writer.sendNow(response),
    react: (emoji) => actions.react(chat, message.id, emoji),
    download: (attachment) => actions.download(attachment.fileId, signal),
    groupRights: () => groupRights(update, actions),
  }
}

async function groupRights({ chat, user }: IncomingUpdate, actions: ChatActions): Promise<GroupRights> {
  if (chat.type === 'private') return { userIsAdministrator: true, botSeesAllMessages: true }
  // who writes as the group is one of its administrators
  const isGroupItself = user.id === chat.id
  const [standing, botSeesAllMessages] = await Promise.all([
    isGroupItself ? 'administrator' : user.id < 0 ? 'outside' : actions.standingIn(chat.id, user.id),
    chat.type === 'channel' || actions.seesAll(chat.id),
  ])
  return { userIsAdministrator: standing === 'administrator', botSeesAllMessages }
}

/** Makes the call. Never rejects. At the deadline it aborts the context's signal. */
function callPlugin(
  plugin: RunnablePlugin,
  { update, pressed, controller }: Question,
  context: CallContext,
  timeoutMs: number,
): Promise<CallOutcome> {
  const message = pressed ?? update.message.text
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

/**
 * `{ success: false, error }` is an answer: the plugin works, and says what is wrong with the
 * message. A plugin reports its own faults with `captureException`, or throws.
 */
function refused(
  error: string,
  { update: { chat }, answers }: Question,
  { format }: AskOptions,
): Exclude<Answer, string> {
  const text = `⚠️ ${error.slice(0, 1_000)}`
  answers.push(text)
  return { messages: format(chat, { text }) }
}

type Failure = Extract<CallOutcome, { outcome: 'error' | 'timeout' }>

function failed(
  plugin: RunnablePlugin['descriptor'],
  update: IncomingUpdate,
  { outcome, error }: Failure,
  { logger, signal }: AskOptions,
): Answer {
  const answer: Answer = { apology: failureText(pluginTitle(plugin), error), isFinal: false }
  currentStep()?.note({ error: errorName(error) })
  if (signal.aborted) return answer
  logger.error('plugin failed', {
    outcome,
    plugin: plugin.name,
    chat: update.chat.id,
    update: update.updateId,
    error: errorMessage(error),
    err: error,
  })
  return answer
}

function isUnreachable({ aborted, reason }: AbortSignal): boolean {
  return aborted && isPluggramError(reason) && reason.code === 'delivery-blocked'
}

/** Nobody can read the answer any more, which is no fault of the plugin. */
function leftOut(plugin: string, { chat, updateId }: IncomingUpdate, { logger }: AskOptions): Answer {
  logger.info('stopped an answer: its chat can no longer be reached', {
    plugin,
    chat: chat.id,
    update: updateId,
  })
  return { messages: [] }
}

/** The plugin answered, but the answer was cut off or cannot be sent. No other plugin is asked. */
function brokeOff(
  plugin: RunnablePlugin['descriptor'],
  update: IncomingUpdate,
  { messages, error }: { readonly messages: readonly OutgoingMessage[]; readonly error: unknown },
  { logger, signal }: AskOptions,
): Answer {
  currentStep()?.note({ error: errorName(error) })
  if (!signal.aborted) {
    const fields = {
      plugin: plugin.name,
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
  const text = isAboutModel ? `⚠️ ${error.message}` : TEXTS.notShown(pluginTitle(plugin))
  return { apology: text, isFinal: true }
}

/**
 * One line for the chat about a plugin that failed. What it threw is left out: it may contain
 * secrets.
 */
function failureText(pluginName: string, error: unknown): string {
  switch (countedFailure(error)) {
    case 'timeout':
      return tooLong(pluginName)
    case 'crash':
      return isPluggramError(error) && error.isRetryable
        ? TEXTS.crashed(pluginName)
        : TEXTS.parked(pluginName)
    case 'error':
      return TEXTS.failed(pluginName)
  }
}

function tooLong(pluginName: string): string {
  return TEXTS.tookTooLong(pluginName)
}

/** What a failure counts as. */
function countedFailure(error: unknown): 'error' | 'timeout' | 'crash' {
  if (!isPluggramError(error)) return 'error'
  if (error.code === 'plugin-timeout') return 'timeout'
  return error.code === 'plugin-crashed' ? 'crash' : 'error'
}
