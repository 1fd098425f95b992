import type { Button, MessageContext, PluginResult, Reply } from '@pluggram/sdk'
import { bookOf, parseOptions } from './options.ts'
import type { Asked, Surroundings } from './options.ts'
import { isOnlyTime, parseWhen, readReminder, ReminderError } from './parse-reminder.ts'
import type { Due, ParseOptions } from './parse-reminder.ts'
import { Questions } from './questions.ts'
import type { Question } from './questions.ts'
import type { Reminder } from './reminder-table.ts'
import { ANSWERS } from './answer-texts.ts'
import { say, TEXTS } from './texts.ts'
import { describeDue, momentIn } from './time/moments.ts'
import { describeMinutes, describeRepeat } from './time/describe-repeat.ts'
import { ASKS } from './time/rewrite.ts'
import { momentOf, wallTimeOf } from './time/time-zone.ts'

const MAX_LISTED = 20
/** A longer message is no time of day. */
const MAX_TIME = 80
const EVENING = 19
/** “Remind me what Ann said” asks for an answer, “remind me when I am home” for more than a time. */
const ABOUT_PAST =
  /\bremind me (?:(?:of|about) )?(?:what|who|whom|whose|why|how|which|where|when|if|whether)\b/i

/**
 * Reads what people write about reminders, and asks back.
 *
 *   “remind me to buy milk” ──▶ when? ──button or a time──▶ set
 *   “remind me in 30 min” ──▶ set, of what? ──text──▶ its words
 */
export class ReminderDesk {
  readonly #surroundings: Surroundings
  readonly #questions: Questions

  constructor(surroundings: Surroundings) {
    this.#surroundings = surroundings
    this.#questions = new Questions(surroundings.services.database)
  }

  async open(): Promise<void> {
    await bookOf(this.#surroundings).table.prepare()
    await this.#questions.load(Date.now())
  }

  /** A message; it is passed on without any work unless it asks or answers. */
  handle(message: string, context: MessageContext): Promise<PluginResult | undefined> | undefined {
    const { callback, command } = context
    const asked = { ...context, ...this.#surroundings }
    if (callback) return this.#inWords(asked, () => this.#press(callback.data, asked))
    if (command?.name === 'remind') return this.#inWords(asked, () => this.#add(command.args, asked))
    if (command?.name === 'reminders') return this.#inWords(asked, () => this.#list(asked))
    // what others wrote asks for no reminder
    if (command || context.message.origin !== undefined) return undefined
    if (ASKS.test(message) && !ABOUT_PAST.test(message))
      return this.#inWords(asked, () => this.#add(message, asked))
    // in a group, what a person says is mostly for others
    if (context.chat.type !== 'private' && !context.message.isAddressed) return undefined
    const question = this.#questions.openFor(placeOf(asked), Date.now())
    return question && this.#answer(question, message, asked)
  }

  async forgetUser(id: number): Promise<string | undefined> {
    const book = bookOf(this.#surroundings)
    this.#questions.forget(id)
    for (const reminder of await book.table.waitingFor(id)) await book.cancel(reminder)
    const count = await book.table.forget(id)
    return count === 0 ? undefined : count === 1 ? 'one reminder' : `${count} reminders`
  }

  async #inWords({ user }: Asked, work: () => Promise<PluginResult | Reply>): Promise<PluginResult> {
    try {
      const answer = await work()
      return 'success' in answer ? answer : { success: true, response: answer }
    } catch (error) {
      if (!(error instanceof ReminderError)) throw error
      return {
        success: false,
        error: say(TEXTS.problems[error.problem], user.languageCode, { said: error.said }),
      }
    }
  }

  async #add(text: string, context: Asked): Promise<Reply> {
    const options = parseOptions(context)
    const { what, when } = readReminder(text, options)
    if (!when) return this.#askWhen(what, context, options)
    if (what === '') return this.#askWhat(when, context, options)
    return this.#keep(what, when, context, options)
  }

  async #keep(what: string, when: Due, context: Asked, options: ParseOptions): Promise<Reply> {
    const id = await this.#store(what, when, context)
    return {
      text: `${describeSet(when, options)}: ${what}${noteOf(when, options)}`,
      buttons: [[{ text: `✖ ${say(TEXTS.cancel, options.language)}`, data: `cancel:${id}` }]],
    }
  }

  #store(what: string, { due, repeat }: Due, context: Asked): Promise<number> {
    const { chat, user } = context
    return bookOf(context).add({
      userId: user.id,
      chatId: chat.id,
      topicId: chat.topicId,
      what,
      due,
      repeat,
      language: user.languageCode,
    })
  }

  async #askWhen(what: string, context: Asked, options: ParseOptions): Promise<Reply> {
    const { language, defaultHour, now, zone } = options
    const id = await this.#questions.ask({
      ...placeOf(context),
      what,
      reminderId: undefined,
      askedAt: Date.now(),
    })
    const time = `${String(defaultHour).padStart(2, '0')}:00`
    const isEvening = wallTimeOf(zone, now).hour >= EVENING - 1
    const buttons: Button[] = [
      { text: say(TEXTS.inOneHour, language), data: `when:${id}:hour` },
      ...(isEvening ? [] : [{ text: say(TEXTS.thisEvening, language), data: `when:${id}:evening` }]),
      { text: say(TEXTS.tomorrow, language, { time }), data: `when:${id}:tomorrow` },
      { text: say(TEXTS.otherTime, language), data: `when:${id}:other` },
    ]
    return {
      text: `⏰ ${say(TEXTS.askWhen, language, { what })}`,
      buttons: [buttons.slice(0, 2), buttons.slice(2)].map((row) =>
        row.map((button) => ({ ...button, onlyFor: context.user.id })),
      ),
    }
  }

  /** The reminder is set at once, so that it comes even when nobody answers. */
  async #askWhat(when: Due, context: Asked, options: ParseOptions): Promise<Reply> {
    const { language } = options
    const reminderId = await this.#store(say(TEXTS.plain, language), when, context)
    const id = await this.#questions.ask({
      ...placeOf(context),
      what: undefined,
      reminderId,
      askedAt: Date.now(),
    })
    return {
      text: `${describeSet(when, options)}.${noteOf(when, options)}\n${say(TEXTS.askWhat, language)}`,
      buttons: [
        [
          { text: say(TEXTS.justRemind, language), data: `plain:${id}`, onlyFor: context.user.id },
          { text: `✖ ${say(TEXTS.cancel, language)}`, data: `cancel:${reminderId}` },
        ],
      ],
    }
  }

  /** A message after a question; `undefined` when it is about something else. */
  async #answer(question: Question, message: string, context: Asked): Promise<PluginResult | undefined> {
    const text = message.trim()
    if (text === '') return undefined
    const options = parseOptions(context)
    const { what, reminderId } = question
    if (what !== undefined) {
      if (text.length > MAX_TIME || !isOnlyTime(text, options)) return undefined
      return this.#inWords(context, async () => {
        const when = parseWhen(text, options)
        if (!(await this.#questions.close(question))) return { success: true }
        return this.#keep(what, when, context, options)
      })
    }
    if (reminderId === undefined || !(await this.#questions.close(question))) return undefined
    const { table } = bookOf(context)
    // it may have come meanwhile, and the message is about something else
    const reminder = await table.findWaiting(reminderId)
    if (!reminder) return undefined
    const words = text.slice(0, 1_000)
    await table.rename(reminderId, words)
    return { success: true, response: `${describeSet(reminder, options)}: ${words}` }
  }

  async #list(context: Asked): Promise<PluginResult> {
    const { zone, language } = parseOptions(context)
    const waiting = await bookOf(context).table.waitingFor(context.user.id)
    // a user's reminders are not for a whole group
    const shown = waiting.filter(
      ({ chatId }) => context.chat.type === 'private' || chatId === context.chat.id,
    )
    if (shown.length === 0) {
      return { success: true, response: say(ANSWERS.noneYet, language) }
    }
    const lines = shown.slice(0, MAX_LISTED).map(({ what, due, repeat }, index) => {
      const often = repeat ? ` (${describeRepeat(repeat, language)})` : ''
      return `${index + 1}. ${momentIn(language, zone, due)}${often}: ${what}`
    })
    if (shown.length > MAX_LISTED)
      lines.push(say(ANSWERS.more, language, { count: String(shown.length - MAX_LISTED) }))
    const buttons = shown
      .slice(0, MAX_LISTED)
      .map(({ id }, index) => ({ text: `✖ ${index + 1}`, data: `cancel:${id}` }))
    const rows = Array.from({ length: Math.ceil(buttons.length / 5) }, (_, row) =>
      buttons.slice(row * 5, row * 5 + 5),
    )
    return { success: true, response: { text: lines.join('\n'), buttons: rows } }
  }

  async #press(data: string, context: Asked & MessageContext): Promise<PluginResult | Reply> {
    const [action = '', id, argument = ''] = data.split(':')
    if (action === 'when' || action === 'plain') {
      const question = await this.#questions.find(Number(id), context.user.id)
      if (!question) return tooOld(context)
      return action === 'when'
        ? this.#pressTime(question, argument, context)
        : this.#pressPlain(question, context)
    }
    const reminder = await bookOf(context).table.findOwn(Number(id), context.user.id)
    if (!reminder) return { success: false, error: say(ANSWERS.gone, context.user.languageCode) }
    return this.#pressReminder(reminder, action, Number(argument), context)
  }

  async #pressTime(question: Question, choice: string, context: Asked): Promise<PluginResult | Reply> {
    const { what = '' } = question
    const options = { ...parseOptions(context), now: new Date() }
    const editMessageId = context.message.id
    if (choice === 'other') {
      await this.#questions.askAgain(question, Date.now())
      const asked = `⏰ ${say(TEXTS.askWhen, options.language, { what })}`
      return { text: `${asked}\n${say(TEXTS.writeTime, options.language)}`, editMessageId }
    }
    const due = dueOf(choice, options)
    if (!due) return tooOld(context)
    if (!(await this.#questions.close(question))) return { success: true }
    const when = { due, isTomorrow: false, isTimeOnly: false }
    return { ...(await this.#keep(what, when, context, options)), editMessageId }
  }

  async #pressPlain(question: Question, context: Asked): Promise<PluginResult | Reply> {
    const reminder = await bookOf(context).table.findOwn(question.reminderId ?? 0, context.user.id)
    if (!(await this.#questions.close(question)) || !reminder) return tooOld(context)
    const options = parseOptions(context)
    return { text: `${describeSet(reminder, options)}: ${reminder.what}`, editMessageId: context.message.id }
  }

  async #pressReminder(
    reminder: Reminder,
    action: string,
    delay: number,
    context: Asked,
  ): Promise<PluginResult | Reply> {
    const book = bookOf(context)
    const language = context.user.languageCode
    const edit = (text: string): Reply => ({ text, editMessageId: context.message.id })
    if (action === 'cancel') {
      await book.cancel(reminder)
      return edit(say(ANSWERS.cancelled, language, { what: reminder.what }))
    }
    if (action === 'done') {
      await book.table.close(reminder.id, 'sent')
      return edit(`✅ ${reminder.what}`)
    }
    if (action !== 'snooze' || !context.config.snooze_minutes.includes(delay)) return tooOld(context)
    await book.putOff(reminder, new Date(Date.now() + delay * 60_000))
    return edit(
      say(ANSWERS.snoozed, language, { what: reminder.what, delay: describeMinutes(delay, language) }),
    )
  }
}

function tooOld({ user }: Asked): PluginResult {
  return { success: false, error: say(ANSWERS.tooOld, user.languageCode) }
}

function placeOf({ user, chat }: Asked): Pick<Question, 'userId' | 'chatId' | 'topicId'> {
  return { userId: user.id, chatId: chat.id, topicId: chat.topicId ?? 0 }
}

/** The moment of a button. */
function dueOf(choice: string, { now, zone, defaultHour }: ParseOptions): Date | undefined {
  const today = wallTimeOf(zone, now)
  if (choice === 'hour') return new Date(now.getTime() + 3_600_000)
  if (choice === 'evening') {
    const due = momentOf(zone, { ...today, hour: EVENING, minute: 0 })
    // an old button: the evening is over, so in an hour
    return due > now ? due : new Date(now.getTime() + 3_600_000)
  }
  if (choice !== 'tomorrow') return undefined
  const date = new Date(Date.UTC(today.year, today.month - 1, today.day + 1))
  return momentOf(zone, {
    year: date.getUTCFullYear(),
    month: date.getUTCMonth() + 1,
    day: date.getUTCDate(),
    hour: defaultHour,
    minute: 0,
  })
}

/** `OK, in 20 minutes`, `OK, every weekday at 09:00, first on Tue 1 Dec …` */
function describeSet({ due, repeat }: Pick<Due, 'due' | 'repeat'>, options: ParseOptions): string {
  const at = describeDue(due, options)
  const { language } = options
  if (!repeat) return say(ANSWERS.set, language, { at })
  return say(ANSWERS.setRepeating, language, { often: describeRepeat(repeat, language), at })
}

function noteOf({ isTomorrow }: Due, { language }: ParseOptions): string {
  return isTomorrow ? `\n${say(TEXTS.isTomorrow, language)}` : ''
}
