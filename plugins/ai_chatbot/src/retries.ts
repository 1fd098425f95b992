import type { Button, MessageContext, PluginResult } from '@pluggram/sdk'
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

const GONE = TEXTS.noLongerHaveQuestion
const THEIRS = TEXTS.onlyPersonWhoAsked

/** The questions that can be asked again with a button below the error. */
export class Retries {
  readonly #questions = new Map<string, FailedQuestion>()

  /** An error with a button that asks again. */
  offer(error: string, text: string, context: MessageContext): PluginResult {
    return {
      success: true,
      response: {
        text: `⚠️ ${error}`,
        replyToMessageId: context.message.id,
        buttons: [[this.button(text, context, 'none')]],
      },
    }
  }

  /** A button that asks again. */
  button(text: string, { message, chat, user }: MessageContext, before: FailedQuestion['before']): Button {
    const id = crypto.randomUUID().slice(0, 13)
    this.#questions.set(id, { text, message, chat, user, before })
    const [oldest] = this.#questions.keys()
    if (this.#questions.size > MAX_QUESTIONS && oldest !== undefined) this.#questions.delete(oldest)
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
    const question = this.#questions.get(id)
    if (!question) return { success: false, error: GONE }
    if (!(await isAsker(question, context))) return { success: false, error: THEIRS }
    this.#questions.delete(id)
    const { message } = context
    await context.reply({ editMessageId: message.id, buttons: [] }).catch(() => {})
    return ask(question.text, { ...context, message: question.message, user: question.user }, question.before)
  }

  /** Takes the question that came from a message or its album, as it was. */
  take({ user, message }: Pick<MessageContext, 'user' | 'message'>): MessageContext['message'] | undefined {
    for (const [id, question] of this.#questions) {
      if (question.user.id !== user.id || !isSameQuestion(question.message, message)) continue
      this.#questions.delete(id)
      return question.message
    }
    return undefined
  }

  forgetUser(userId: number): void {
    for (const [id, question] of this.#questions) if (question.user.id === userId) this.#questions.delete(id)
  }
}
