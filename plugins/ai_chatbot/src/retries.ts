import type { Button, MessageContext, PluginResult, Store } from '@pluggram/sdk'
import { isSameQuestion } from './asked-message.ts'
import { isAsker } from './running-answers.ts'
import { TEXTS } from './texts.ts'

/** A question that got no answer. */
interface FailedQuestion {
  readonly text: string
  readonly message: MessageContext['message']
  readonly chat: MessageContext['chat']
  readonly user: MessageContext['user']
  /** `partial`: its answer broke off, and is in the conversation. */
  readonly before: 'none' | 'partial'
}

/** Older questions are not kept: nobody scrolls back that far to try again. */
const MAX_QUESTIONS = 200
const KEEP_SECONDS = 7 * 86_400
const PREFIX = 'failed-question:'

const GONE = TEXTS.noLongerHaveQuestion
const THEIRS = TEXTS.onlyPersonWhoAsked

/** As it is stored: a date does not survive JSON. */
interface Stored extends Omit<FailedQuestion, 'message'> {
  readonly message: Omit<MessageContext['message'], 'date'> & { readonly date: string }
  readonly failedAt: number
}

/** The questions that can be asked again with a button below the error, also after a restart. */
export class Retries {
  readonly #store: Store
  readonly #questions = new Map<string, FailedQuestion>()
  #loaded: Promise<void> | undefined

  constructor(store: Store) {
    this.#store = store
  }

  /** An error with a button that asks again. */
  async offer(error: string, text: string, context: MessageContext): Promise<PluginResult> {
    return {
      success: true,
      response: {
        text: `⚠️ ${error}`,
        replyToMessageId: context.message.id,
        buttons: [[await this.button(text, context, 'none')]],
      },
    }
  }

  /** A button that asks again. */
  async button(
    text: string,
    { message, chat, user }: MessageContext,
    before: FailedQuestion['before'],
  ): Promise<Button> {
    await this.#load()
    const id = crypto.randomUUID().slice(0, 13)
    this.#questions.set(id, { text, message, chat, user, before })
    const stored = { text, message, chat, user, before, failedAt: Date.now() }
    // one that cannot be stored can be asked again until the assistant stops
    await this.#store.set(PREFIX + id, stored, { ttlSeconds: KEEP_SECONDS }).catch(() => {})
    const [oldest] = this.#questions.keys()
    if (this.#questions.size > MAX_QUESTIONS && oldest !== undefined) await this.#remove(oldest)
    return { text: TEXTS.retry, data: `retry:${id}` }
  }

  /**
   * Takes the question of a pressed button, and the button with it.
   * @param ask asks a question again, as the message it came from
   */
  async press(
    id: string,
    { callback: _callback, ...context }: MessageContext,
    ask: (
      text: string,
      context: MessageContext,
      before: FailedQuestion['before'],
    ) => Promise<PluginResult | undefined>,
  ): Promise<PluginResult | undefined> {
    await this.#load()
    const question = this.#questions.get(id)
    if (!question) return { success: false, error: GONE }
    if (!(await isAsker(question, context))) return { success: false, error: THEIRS }
    // a second press finds nothing; after a crash the press comes again and finds it in the store
    this.#questions.delete(id)
    const { message } = context
    await context.reply({ editMessageId: message.id, buttons: [] }).catch(() => {})
    const result = await ask(
      question.text,
      { ...context, message: question.message, user: question.user },
      question.before,
    )
    await this.#remove(id)
    return result
  }

  /** Takes the question that came from a message or its album, as it was. */
  async take({
    user,
    message,
  }: Pick<MessageContext, 'user' | 'message'>): Promise<MessageContext['message'] | undefined> {
    await this.#load()
    for (const [id, question] of this.#questions) {
      if (question.user.id !== user.id || !isSameQuestion(question.message, message)) continue
      await this.#remove(id)
      return question.message
    }
    return undefined
  }

  async forgetUser(userId: number): Promise<void> {
    await this.#load()
    for (const [id, question] of this.#questions) if (question.user.id === userId) await this.#remove(id)
  }

  async #remove(id: string): Promise<void> {
    this.#questions.delete(id)
    await this.#store.delete(PREFIX + id)
  }

  /** Reads what an earlier run stored, when it is first needed. */
  #load(): Promise<void> {
    return (this.#loaded ??= this.#read())
  }

  async #read(): Promise<void> {
    const keys = await this.#store.list(PREFIX)
    const found = await Promise.all(
      keys.map(async (key) => [key.slice(PREFIX.length), await this.#store.get<Stored>(key)] as const),
    )
    for (const [id, stored] of found.toSorted((a, b) => (a[1]?.failedAt ?? 0) - (b[1]?.failedAt ?? 0))) {
      if (!stored) continue
      const { failedAt: _failedAt, ...question } = stored
      const message = { ...question.message, date: new Date(question.message.date) }
      this.#questions.set(id, { ...question, message })
    }
  }
}
