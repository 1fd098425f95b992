import { isPluggramError } from '@pluggram/sdk'
import type { Chat, ObservedMessage, Role } from '@pluggram/sdk'
import { currentStep, inStep, isCommandFor, noticeOf } from '@pluggram/sdk/runtime'
import type {
  AccessControl,
  Admission,
  IncomingUpdate,
  JourneyOutcome,
  Journeys,
  Listed,
  MessageStore,
  Notice,
  OutgoingMessage,
  RunnablePlugin,
  StepFacts,
  UndeliveredNotice,
} from '@pluggram/sdk/runtime'
import { askPlugin } from './ask-plugin.ts'
import type { Answer, Asking, AskOptions, CountedOutcome, Question } from './ask-plugin.ts'
import type { Place } from './lanes.ts'
import type { Observers } from './observers.ts'
import type { Sending } from './outbox.ts'
import type { PluginSeats } from './under-way.ts'
import type { Presses } from './presses.ts'
import type { Route, Router } from './router.ts'
import { TEXTS } from './texts.ts'
import type { UnderWay, Work } from './under-way.ts'

export interface DispatcherOptions extends AskOptions {
  readonly router: Router
  readonly presses: Pick<Presses, 'dataFor'>
  readonly observers: Observers
  readonly access?: AccessControl
  readonly store: Pick<MessageStore, 'hold' | 'replay' | 'answersTo'>
  /** The reply in a private chat when no plugin answered. */
  readonly unansweredReply: string
  /** Called with the outcome of each plugin's call, once its answer is complete. */
  readonly onPluginCall?: ((plugin: string, outcome: CountedOutcome, seconds: number) => void) | undefined
  readonly underWay: UnderWay
  readonly seats: PluginSeats
  readonly journeys?: Journeys
}

type Refused = Exclude<Admission, { readonly role: Role }>

/** A lane pauses while more messages of its chat than this are unsent. */
const MAX_UNSENT_PER_CHAT = 50
const MAX_OBSERVED_TEXT = 4_096
const UNEXPLAINED: UndeliveredNotice = {
  text: TEXTS.refusedByTelegram,
  to: 'chat',
}
/** People are told this often at most that the bot cannot answer in a chat. */
const CLOSED_NOTICE_MS = 60 * 60_000
const MAX_CLOSED = 1_000

/** Answers one update: checks access, asks the plugins and puts the answer into the outbox. */
export class Dispatcher {
  readonly #options: DispatcherOptions
  /** When people were told that the bot cannot answer in a chat, oldest first. */
  readonly #toldClosed = new Map<number, number>()
  answered = 0
  failed = 0
  /** Updates from people who may not use the assistant, except blocked people. */
  turnedAway = 0

  constructor(options: DispatcherOptions) {
    this.#options = options
  }

  /** @param attempt 1 on the first try */
  async answer(update: IncomingUpdate, attempt: number, place: Place): Promise<void> {
    const { access, observers, outbox, logger } = this.#options
    const startedAt = performance.now()
    // checked on each try, since a role may have changed after the update came in
    const admission = access?.admit(update) ?? { role: 'everyone' }
    if (admission.role === undefined) return this.#turnAway(update, admission, place)
    if (await this.#isAnsweredAsPost(update)) return void (await this.#finish(update, [], 'unanswered'))
    const report = await dispatch(update, { attempt, role: admission.role, place }, this.#options)
    if (report.outcome === 'interrupted') return
    const sending = await this.#finish(update, report.messages, report.outcome, report.answeredBy)
    if (report.replacesAnswerTo !== undefined) void this.#deleteAnswer(update.chat, report, sending)
    if (report.outcome === 'failed') this.failed += 1
    else this.answered += 1
    logger.debug('update done', {
      update: update.updateId,
      chat: update.chat.id,
      outcome: report.outcome,
      plugin: report.answeredBy,
    })
    // an answer that goes on belongs to a message that was observed already
    if (observers.isWatched && !update.continues)
      observers.tell(toObserved(update, report, (performance.now() - startedAt) / 1_000))
    if (outbox.waitingIn(update.chat.id) <= MAX_UNSENT_PER_CHAT) return
    place.release()
    await Promise.allSettled(sending)
  }

  async #turnAway(update: IncomingUpdate, { notice, isHeld = false }: Refused, place: Place): Promise<void> {
    const { outbox, store, access, journeys } = this.#options
    this.turnedAway += 1
    const write = (): Promise<OutgoingMessage[]> => this.#writeNotice(update, notice)
    if (!isHeld) return void (await this.#finish(update, await write(), 'turned away'))
    const sending = await outbox.addOnce(update.updateId, 'turned-away', write)
    void Promise.allSettled(sending)
    await outbox.write(() => store.hold(update.updateId))
    journeys?.find(update.updateId)?.finish('turned away')
    // let in at this very moment, by somebody who did not see the update yet
    if (!access?.mayTalk(update)) return
    const stored = await outbox.write(() => store.replay(update.updateId))
    if (stored) await this.answer(update, 1, place)
  }

  async #writeNotice({ chat }: IncomingUpdate, notice: Notice | undefined): Promise<OutgoingMessage[]> {
    if (!notice) return []
    const { format, guard } = this.#options
    const { plugin, ...reply } = notice
    if (plugin === undefined) return [...format(chat, reply)]
    const signed = await guard.prepare(reply, { plugin, chatId: chat.id })
    return format(chat, signed).map((message) => ({ ...message, plugin }))
  }

  /** A post that the bot gets in its channel too is answered there, and its copy here is not. */
  async #isAnsweredAsPost({ copyOf }: IncomingUpdate): Promise<boolean> {
    if (copyOf === undefined) return false
    const standing = await this.#options.actions.standingIn(copyOf)
    return standing === 'administrator' || standing === 'member'
  }

  /** Stores the answer and starts sending it. */
  async #finish(
    update: IncomingUpdate,
    messages: readonly OutgoingMessage[],
    outcome: JourneyOutcome,
    plugin?: string,
  ): Promise<Sending> {
    const { outbox, journeys } = this.#options
    const journey = journeys?.find(update.updateId)
    const writing = journey?.begin('answer', 'written', { messages: messages.length })
    const sending = await outbox.finish(update.updateId, messages)
    writing?.end()
    journey?.finish(outcome, plugin)
    for (const sent of sending) sent.catch((error: unknown) => this.#tellUndelivered(update, error))
    return sending
  }

  /**
   * Deletes the answer that was replaced, once the new one is there. Until then the old one stays,
   * and all of its messages are sent by then.
   */
  async #deleteAnswer(
    chat: Chat,
    { replacesAnswerTo = 0, answeredBy = '' }: DispatchReport,
    sending: Sending,
  ): Promise<void> {
    const { store, actions, logger } = this.#options
    const sent = await Promise.allSettled(sending)
    const added = sent.flatMap((outcome) => (outcome.status === 'fulfilled' ? outcome.value.id : []))
    if (added.length === 0) return
    try {
      const all = await store.answersTo(chat.id, replacesAnswerTo, answeredBy)
      for (const id of all) if (!added.includes(id)) void actions.deleteMessage(chat, id)
    } catch (error) {
      logger.warn('cannot delete an answer that was replaced', { err: error })
    }
  }

  /**
   * The owner sees the failure in the log. People must learn that no answer will come, and why.
   */
  #tellUndelivered({ chat, user }: IncomingUpdate, error: unknown): void {
    const { format, outbox, signal } = this.#options
    const isBlocked = isPluggramError(error) && error.code === 'delivery-blocked'
    if (isBlocked || signal.aborted) return
    const { text, to } = noticeOf(error) ?? UNEXPLAINED
    // a chat that writes has no private chat
    if (to === 'person' && (user.id < 0 || !this.#isNewsIn(chat.id))) return
    const place: Chat = to === 'chat' ? chat : { id: user.id, type: 'private' }
    const where = to === 'person' && chat.title !== undefined ? `${chat.title}: ` : ''
    // if Telegram refuses the notice too, it is only logged
    outbox.add(format(place, { text: `⚠️ ${where}${text}` })).then(
      (sending) => void Promise.allSettled(sending),
      () => {},
    )
  }

  /** False when people of a closed chat were told recently; each message there would tell them again. */
  #isNewsIn(chatId: number): boolean {
    const now = performance.now()
    const isNews = now - (this.#toldClosed.get(chatId) ?? -Infinity) > CLOSED_NOTICE_MS
    if (!isNews) return false
    this.#toldClosed.delete(chatId)
    this.#toldClosed.set(chatId, now)
    const [oldest] = this.#toldClosed.keys()
    if (this.#toldClosed.size > MAX_CLOSED && oldest !== undefined) this.#toldClosed.delete(oldest)
    return true
  }
}

interface DispatchReport {
  /** The plugin that answered, or the first that failed. */
  readonly answeredBy?: string
  readonly outcome: 'answered' | 'unanswered' | 'failed' | 'interrupted'
  readonly answers: readonly string[]
  /** The data of the pressed button, if the press counted. */
  readonly pressed?: string | undefined
  readonly messages: readonly OutgoingMessage[]
  /** The message whose earlier answer these take the place of. */
  readonly replacesAnswerTo?: number | undefined
}

const INTERRUPTED: DispatchReport = { outcome: 'interrupted', answers: [], messages: [] }

/**
 * Asks the plugins of an update's route one after another until one answers, and formats the
 * answer. When it is the turn of a plugin that is still starting, it waits for that plugin. If a
 * plugin fails without having been addressed, the next one is asked. The apology is sent only when
 * no plugin answered. Never throws.
 */
function dispatch(
  update: IncomingUpdate,
  asking: Asking & { readonly place: Place },
  options: DispatcherOptions,
): Promise<DispatchReport> {
  const routing = currentStep()?.begin('route', 'router')
  if (!routing) return askInOrder(update, asking, options)
  return inStep(routing, () => askInOrder(update, asking, options)).then((report) => {
    routing.end(report.outcome, report.answeredBy === undefined ? undefined : { plugin: report.answeredBy })
    return report
  })
}

async function askInOrder(
  update: IncomingUpdate,
  { place, ...asking }: Asking & { readonly place: Place },
  options: DispatcherOptions,
): Promise<DispatchReport> {
  const { router, underWay, signal } = options
  let route = router.route(update)
  const routing = currentStep()
  routing?.note(reasonsOf(route))
  const refusal = refusedCommand(update, route, asking.role)
  if (refusal) return { ...refusal, messages: options.format(update.chat, { text: refusal.text }) }
  let work: ReturnType<UnderWay['begin']> | undefined
  const asked = new Set<string>()
  let queue = unasked(route, asked)
  const answers: string[] = []
  let failure: string | undefined
  let failedPlugin: string | undefined
  let pressed: string | undefined
  try {
    for (;;) {
      const plugin = queue.next().value
      const awaited = router.awaited(update, route, plugin)
      if (plugin ?? awaited[0]) work ??= underWay.begin(update, place)
      if (awaited.length > 0) {
        const waiting = routing?.begin('start', awaited.map(({ name }) => name).join(', '))
        await oneSettled(
          awaited.map(({ settled }) => settled),
          signal,
        )
        waiting?.end()
        if (signal.aborted) return INTERRUPTED
        // the plugin that has just started now has its place in the order
        route = router.route(update)
        queue = unasked(route, asked)
        continue
      }
      if (!plugin || !work) break
      const { name } = plugin.descriptor
      asked.add(name)
      if (update.kind === 'callback_query') {
        pressed = await options.presses.dataFor(update, name)
        if (pressed === undefined) break
      }
      const question = { ...asking, update, route, pressed, answers }
      const answer = await askInTurn(plugin, question, { work, options })
      if (signal.aborted || !answer) return INTERRUPTED
      if (answer === 'pass') continue
      if ('messages' in answer) return { answeredBy: name, outcome: 'answered', answers, pressed, ...answer }
      failure ??= answer.apology
      failedPlugin ??= name
      if (plugin === route.target || answer.isFinal) break
    }
  } finally {
    if (work) underWay.end(work)
    if (route.unmatched && route.unmatched.length > 0) routing?.note({ unmatched: route.unmatched })
  }
  const notice = failure ?? unanswered(update, options)
  return {
    ...(failedPlugin !== undefined && { answeredBy: failedPlugin }),
    outcome: failure ? 'failed' : 'unanswered',
    pressed,
    answers: notice === undefined ? answers : [...answers, notice],
    messages: notice === undefined ? [] : options.format(update.chat, { text: notice }),
  }
}

/** Why these plugins are asked, for the journey. */
function reasonsOf({ reason, target, off }: Route): StepFacts {
  return {
    reason,
    ...(target && { target: target.descriptor.name }),
    ...(off && off.size > 0 && { off: [...off] }),
  }
}

/** A command that somebody may not use does not reach its plugin. */
function refusedCommand(
  { command, chat }: IncomingUpdate,
  { target }: Route,
  role: Role,
): (Omit<DispatchReport, 'messages'> & { readonly text: string }) | undefined {
  const own = command && target?.descriptor.commands.find(({ name }) => name === command.name)
  if (!target || !own?.role || isCommandFor({ role: own.role }, { role, chat })) return undefined
  const text = TEXTS.onlyRole(own.role)
  return { answeredBy: target.descriptor.name, outcome: 'answered', answers: [text], text }
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

/**
 * Asks a plugin once it has a seat for the call. Returns nothing when the assistant stops before.
 */
async function askInTurn(
  plugin: RunnablePlugin,
  question: Omit<Question, 'controller'>,
  { work, options }: { readonly work: Listed<Work>; readonly options: DispatcherOptions },
): Promise<Answer | undefined> {
  const { seats, underWay, signal } = options
  const { isUrgent } = work.value.place
  const { name } = plugin.descriptor
  const journey = currentStep()
  const seat = seats.take(plugin, isUrgent)
  if (seat) {
    const waiting = journey?.begin('seat', name)
    await oneSettled([seat], signal)
    waiting?.end()
  }
  if (signal.aborted) return undefined
  const startedAt = performance.now()
  const step = journey?.begin('plugin', name)
  try {
    const controller = underWay.controllerFor(work)
    const ask = (): ReturnType<typeof askPlugin> => askPlugin(plugin, { ...question, controller }, options)
    const [answer, outcome] = await (step ? inStep(step, ask) : ask())
    step?.end(outcome)
    if (!signal.aborted) options.onPluginCall?.(name, outcome, (performance.now() - startedAt) / 1_000)
    return answer
  } finally {
    seats.leave(plugin, isUrgent)
  }
}

/** Waits until one of the promises has resolved, or the signal is aborted. */
export async function oneSettled(promises: readonly Promise<void>[], signal: AbortSignal): Promise<void> {
  if (signal.aborted) return
  const { promise, resolve } = Promise.withResolvers<void>()
  const stop = (): void => resolve()
  signal.addEventListener('abort', stop)
  await Promise.race([promise, ...promises])
  signal.removeEventListener('abort', stop)
}

function unanswered(update: IncomingUpdate, options: DispatcherOptions): string | undefined {
  const isExpected = update.kind === 'message' && update.chat.type === 'private' && !update.continues
  return isExpected ? options.unansweredReply : undefined
}

/** An update and its outcome, for observers. */
function toObserved(update: IncomingUpdate, report: DispatchReport, seconds: number): ObservedMessage {
  const { kind, chat, user, message } = update
  return {
    kind,
    chat,
    user,
    message,
    ...(report.pressed !== undefined && { callbackData: report.pressed }),
    outcome: report.outcome === 'interrupted' ? 'unanswered' : report.outcome,
    ...(report.answeredBy !== undefined && { plugin: report.answeredBy }),
    answers: report.answers.map((text) => text.slice(0, MAX_OBSERVED_TEXT)),
    seconds,
  }
}
