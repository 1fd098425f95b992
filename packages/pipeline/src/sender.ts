import { wait } from '@pluggram/base'
import { DeliveryError, errorMessage, isPluggramError } from '@pluggram/sdk'
import type { Logger, SentMessage } from '@pluggram/sdk'
import { currentStep } from '@pluggram/sdk/runtime'
import type { CallSlot, MessageStore, MessageTransport, OutboxRow } from '@pluggram/sdk/runtime'
import { CallSlots } from './call-slots.ts'
import type { Outbox } from './outbox.ts'

export interface SenderOptions {
  readonly outbox: Outbox
  readonly store: MessageStore
  readonly transport: MessageTransport
  readonly logger: Logger
  /** Delays between retries of a message, in milliseconds. The last one repeats. */
  readonly retryDelays?: readonly number[]
  /** How long a message is retried, in milliseconds. Default a day. */
  readonly timeToLive?: number
}

/**
 * Short, so that messages go out within seconds once Telegram is back, however long it was down.
 */
const DEFAULT_RETRY_DELAYS = [1_000, 2_000, 5_000]
/**
 * With the 0.1 s that a call to Telegram usually takes, enough for its limit of 30 messages a second.
 */
const BROADCASTS_ON_THEIR_WAY = 4
const DEFAULT_TIME_TO_LIVE = 24 * 60 * 60 * 1_000

/**
 * Sends the outbox's messages until the outbox is closed. There is one sender for each bot. The
 * states of one message:
 *
 *   row ──▶ (markSending, at-most-once) ──▶ transport.send ──▶ markSent
 *                                                ├─ later: pause, the same again until its time is over
 *                                                └─ never: markFailed
 */
export function startSender(options: SenderOptions): void {
  const { outbox, store, transport, logger } = options
  const { retryDelays = DEFAULT_RETRY_DELAYS, timeToLive = DEFAULT_TIME_TO_LIVE } = options
  const { signal } = outbox
  const slots = new CallSlots(BROADCASTS_ON_THEIR_WAY)

  async function send(row: OutboxRow, since: number): Promise<SentMessage> {
    const slot = row.isBroadcast === true ? slots.slot() : undefined
    try {
      if (row.policy === 'at-most-once') {
        if (row.isAmbiguous) throw new LostAnswer()
        await outbox.write(() => store.markSending(row.id))
      }
      const sent = await sendPersistently(row, since, slot)
      await outbox.write(() => store.markSent(row, sent))
      return sent
    } catch (error) {
      // the next start sends what the stop interrupted
      if (!signal.aborted) await giveUp(row, error)
      else if (row.policy === 'at-most-once' && !isAmbiguous(error))
        await store.markUnsent(row.id).catch(() => {})
      throw error
    } finally {
      slot?.giveBack()
    }
  }

  async function sendPersistently(row: OutboxRow, since: number, slot?: CallSlot): Promise<SentMessage> {
    for (let attempt = 0; ; attempt += 1) {
      try {
        return await transport.send(row, signal, slot)
      } catch (error) {
        const isOver = performance.now() - since > timeToLive
        if (signal.aborted || isOver || !isPluggramError(error) || !error.isRetryable) throw error
        if (attempt === 0)
          logger.warn('a message cannot be sent now; retrying', {
            chat: row.chatId,
            error: error.message,
            err: error,
          })
        const waiting = currentStep()?.begin('retry', 'sender', { error: error.code })
        await wait(retryDelays[Math.min(attempt, retryDelays.length - 1)] ?? 0, signal)
        waiting?.end()
      }
    }
  }

  async function giveUp(row: OutboxRow, error: unknown): Promise<void> {
    if (error instanceof LostAnswer || isAmbiguous(error)) outbox.ambiguous += 1
    else outbox.failed += 1
    const isBlocked = isPluggramError(error) && error.code === 'delivery-blocked'
    logger[isBlocked ? 'info' : 'error']('a message was not delivered', {
      chat: row.chatId,
      update: row.updateId,
      error: errorMessage(error),
      err: error,
    })
    await outbox.write(() => store.markFailed(row.id, errorMessage(error)))
  }

  outbox.open({ send, ...(transport.supersedes && { supersedes: transport.supersedes }) })
}

/** Whether Telegram may have accepted the message although the call failed. */
function isAmbiguous(error: unknown): boolean {
  return error instanceof DeliveryError && error.isAmbiguous
}

/** The assistant crashed while an at-most-once message was being sent. */
class LostAnswer extends Error {
  constructor() {
    super('The assistant ended while this was being sent; by its policy it is not sent again.')
  }
}
