import { isPluggramError } from '@pluggram/sdk'
import type { Logger } from '@pluggram/sdk'
import type { AccessControl, Format, IncomingUpdate, OutgoingMessage } from '@pluggram/sdk/runtime'
import { dispatch } from './dispatcher.ts'
import type { DispatcherOptions } from './dispatcher.ts'
import type { Observers } from './observers.ts'
import { toObserved } from './observed-message.ts'
import type { Outbox, Sending } from './outbox.ts'

export interface AnsweringOptions {
  readonly dispatching: DispatcherOptions
  readonly observers: Observers
  readonly access: AccessControl | undefined
  readonly outbox: Outbox
  readonly format: Format
  readonly logger: Logger
  /** Aborted when the assistant stops for good. */
  readonly signal: AbortSignal
}

/** A lane pauses while more messages of its chat than this are unsent. */
const MAX_UNSENT_PER_CHAT = 50

/** Answers one update: checks access, asks the plugins and puts the answer into the outbox. */
export class Answering {
  readonly #options: AnsweringOptions
  answered = 0
  failed = 0
  /** Updates from people who may not use the assistant, except blocked people. */
  turnedAway = 0

  constructor(options: AnsweringOptions) {
    this.#options = options
  }

  /** @param attempt 1 on the first try */
  async answer(update: IncomingUpdate, attempt: number): Promise<void> {
    const { access, dispatching, observers, outbox, logger } = this.#options
    const startedAt = performance.now()
    // checked on each try, since a role may have changed after the update came in
    const admission = access?.admit(update) ?? { role: 'everyone' }
    if (admission.role === undefined) return this.#turnAway(update, admission.notice)
    const report = await dispatch(update, { attempt, role: admission.role }, dispatching)
    if (report.outcome === 'interrupted') return
    const sending = await this.#finish(update, report.messages)
    if (report.outcome === 'failed') this.failed += 1
    else this.answered += 1
    logger.debug('update done', {
      update: update.updateId,
      chat: update.chat.id,
      outcome: report.outcome,
      plugin: report.answeredBy,
    })
    if (observers.isWatched)
      observers.tell(toObserved(update, report, (performance.now() - startedAt) / 1_000))
    if (outbox.waitingIn(update.chat.id) > MAX_UNSENT_PER_CHAT) await Promise.allSettled(sending)
  }

  async #turnAway(update: IncomingUpdate, notice: string | undefined): Promise<void> {
    this.turnedAway += 1
    await this.#finish(
      update,
      notice === undefined ? [] : this.#options.format(update.chat, { text: notice }),
    )
  }

  /** Stores the answer and starts sending it. */
  async #finish(update: IncomingUpdate, messages: readonly OutgoingMessage[]): Promise<Sending> {
    const sending = await this.#options.outbox.finish(update.updateId, messages)
    for (const sent of sending) sent.catch((error: unknown) => this.#tellUndelivered(update, error))
    return sending
  }

  /**
   * The owner sees the failure in the log. People in the chat must learn that no answer will come.
   */
  #tellUndelivered({ chat }: IncomingUpdate, error: unknown): void {
    const { format, outbox, signal } = this.#options
    const isBlocked = isPluggramError(error) && error.code === 'delivery-blocked'
    if (isBlocked || signal.aborted) return
    const text = '⚠️ An answer was refused by Telegram and could not be shown.'
    // if Telegram refuses the notice too, it is only logged
    outbox.add(format(chat, { text })).then(
      (sending) => void Promise.allSettled(sending),
      () => {},
    )
  }
}
