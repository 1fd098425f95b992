import { createBackoff, wait } from '@pluggram/base'
import type { Backoff, BackoffOptions } from '@pluggram/base'
import { currentStep } from '@pluggram/sdk/runtime'
import type { CallSlot, DeliveryPolicy, StepKind } from '@pluggram/sdk/runtime'
import { cancelledError, finalLoss, toTelegramError } from '../api/errors.ts'
import type { TelegramError } from '../api/errors.ts'
import type { FloodHolds, GatedCall, SendGate } from './send-gate.ts'

/** Delays calls to keep within Telegram's limits, and takes note of 429s. */
export interface CallGate {
  /** Returns nothing when the call may be made at once. */
  pass(signal: AbortSignal): Promise<void> | undefined
  refused(retryAfterSeconds: number): void
  succeeded?(): void
  /** Notes that Telegram refused this call only. */
  answered?(): void
  /**
   * Asks whether a refusal means the token. Then the call waits until Telegram knows the bot again,
   * and that does not count as a try.
   */
  isTokenRefusal?(failure: TelegramError): boolean | Promise<boolean>
}

export interface PersistentCall {
  readonly method: string
  readonly gate: CallGate
  readonly signal: AbortSignal
  /** Whether to retry when the answer was lost. Default `at-least-once`. */
  readonly policy?: DeliveryPolicy
  /** Taken before each call, and given back when the call fails. */
  readonly slot?: CallSlot | undefined
  /** Called before a retry of a call that Telegram may have acted on. */
  readonly onAmbiguous?: (() => void) | undefined
}

export interface Persistence {
  /** Delays after network or server errors. Default 0.5 s up to 5 s. */
  readonly backoff?: BackoffOptions | undefined
  /** How many times a call is tried, not counting 429s. Default 8. */
  readonly tries?: number | undefined
}

const DEFAULT_BACKOFF: BackoffOptions = { minimum: 500, maximum: 5000 }

/**
 * Retries a call until it succeeds, is refused for good, or `signal` is aborted. After a 429 it
 * waits exactly as long as told; that does not count as a try. When the answer was lost, Telegram
 * may have acted on the call. `at-least-once` retries it, since a message twice is better than
 * none; `at-most-once` does not.
 */
export async function callPersistently<T>(
  call: () => Promise<T>,
  { method, gate, signal, policy, slot, onAmbiguous }: PersistentCall,
  { backoff = DEFAULT_BACKOFF, tries = 8 }: Persistence,
): Promise<T> {
  let delays: Backoff | undefined
  let unsureDelays: Backoff | undefined
  let failures = 0
  let losses = 0
  let retryAfter: number | undefined
  for (;;) {
    const waiting = gate.pass(signal)
    if (waiting) await asStep('limit', method, { retryAfter }, orCancelled(waiting, method))
    if (slot) await orCancelled(slot.take(signal), method)
    if (signal.aborted) throw cancelledError(method, { wasSent: false })
    try {
      const result = await call()
      gate.succeeded?.()
      return result
    } catch (error) {
      slot?.giveBack()
      const failure = toTelegramError(error, method)
      if (failure.errorCode === 429 && failure.retryAfterSeconds !== undefined) {
        retryAfter = failure.retryAfterSeconds
        gate.refused(retryAfter)
        continue
      }
      if (await gate.isTokenRefusal?.(failure)) continue
      if (failure.failure === 'refused') gate.answered?.()
      failures++
      if (failure.isAmbiguous && policy === 'at-most-once') throw finalLoss(failure)
      if (!failure.isRetryable || failures >= tries) throw failure
      if (failure.isAmbiguous) {
        losses++
        onAmbiguous?.()
      }
      delays ??= createBackoff(backoff)
      // Each retry may show the message once more, so further retries wait longer.
      unsureDelays ??= createBackoff({ minimum: backoff.minimum * 4, maximum: backoff.maximum * 1.6 })
      const delay = failure.isAmbiguous && losses > 1 ? unsureDelays.next() : delays.next()
      const facts = { error: failure.code, status: failure.errorCode }
      await asStep('retry', method, facts, orCancelled(wait(delay, signal), method))
    }
  }
}

/** Waits, as a step of the message's journey. */
async function asStep(
  kind: StepKind,
  method: string,
  facts: Readonly<Record<string, string | number | undefined>>,
  waiting: Promise<void>,
): Promise<void> {
  const step = currentStep()?.begin(kind, method, facts)
  await waiting
  step?.end()
}

/** The gate of calls to a chat. */
export function gateOf(gate: SendGate, call: GatedCall): CallGate {
  return {
    pass: (signal) => gate.pass(call, signal),
    refused: (seconds) => gate.refused(call, seconds),
    succeeded: () => gate.succeeded(call),
    answered: () => gate.answered(call),
  }
}

/** A gate for calls with a rate limit of their own. */
export function holdGate(holds: FloodHolds, key: string): CallGate {
  return {
    pass: (signal) => holds.whenFree(key, signal),
    refused: (seconds) => holds.hold(key, seconds),
  }
}

async function orCancelled(waiting: Promise<void>, method: string): Promise<void> {
  try {
    await waiting
  } catch {
    throw cancelledError(method, { wasSent: false })
  }
}
