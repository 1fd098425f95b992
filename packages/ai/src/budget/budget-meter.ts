import { AiError } from '@pluggram/sdk'
import type { AiSubject, AiUsage } from '@pluggram/sdk'
import type { AiAmount, AiLedger, AiLimit } from '@pluggram/sdk/runtime'
import type { ModelCounts } from '../ai-options.ts'
import { isLoopback } from '../base-url.ts'
import { selectionId } from '../selection.ts'
import type { Selection } from '../selection.ts'
import { accountsOf, limitsOf, MICROS } from './accounts.ts'
import type { BudgetSettings } from './budget-settings.ts'
import type { CallEstimate, CallMeter, CallReservation, CallUsage } from './call-meter.ts'
import type { ModelPrice } from './model-price.ts'
import type { OpenCalls } from './open-calls.ts'
import type { Prices } from './prices.ts'
import type { RequestGate } from './request-gate.ts'

/** Maximum length of an answer when a budget applies and no other maximum is set. */
const DEFAULT_MAX_OUTPUT_TOKENS = 4_096
const MILLION = 1_000_000

const FREE: ModelPrice = { input: 0, output: 0 }

export interface BudgetMeterOptions {
  readonly plugin: string
  readonly subject: AiSubject
  readonly ledger: AiLedger
  readonly budgets: BudgetSettings
  readonly prices: () => Prices
  readonly gate: RequestGate
  readonly openCalls: OpenCalls
  /** `ai.max_output_tokens`. */
  readonly maxOutputTokens: number | undefined
  readonly now: () => Date
  /** False while nobody owns the assistant: then only what costs nothing answers. */
  readonly mayPay: (subject: AiSubject) => boolean
  readonly counts: ModelCounts | undefined
}

/**
 * Enforces the owner's budgets on one plugin's calls for one subject.
 *
 *   turn at the gate ──▶ reserve the maximum usage ──▶ call ──▶ settle the actual usage
 *        ▲                  │ running calls have reserved the rest
 *        └── one ends ◀─────┘
 */
export class BudgetMeter implements CallMeter {
  readonly #options: BudgetMeterOptions

  constructor(options: BudgetMeterOptions) {
    this.#options = options
  }

  async reserve(estimate: CallEstimate, signal: AbortSignal): Promise<CallReservation> {
    const { gate, subject, openCalls } = this.#options
    for (;;) {
      const leave = await gate.enter(subject.user?.id, signal)
      let reservation: CallReservation | undefined
      try {
        reservation = this.#reserve(estimate, leave)
      } finally {
        if (!reservation) leave()
      }
      if (reservation) return reservation
      await openCalls.whenOneEnds(signal)
    }
  }

  /** @returns `undefined` when the rest is reserved by running calls */
  #reserve({ selection, ...estimate }: CallEstimate, leave: () => void): CallReservation | undefined {
    // the demo model is local and free
    if (selection.api === 'demo')
      return { maxOutputTokens: undefined, note() {}, settle: () => (leave(), NOTHING) }
    const { plugin, subject, ledger, budgets, openCalls, now } = this.#options
    const price = this.#priceOf(selection)
    if (!this.#options.mayPay(subject) && !costsNothing(price)) throw unowned()
    const accounts = accountsOf(plugin, subject, estimate.isCheaper)
    const limits = this.#limits(limitsOf(accounts, budgets), price, selection)
    const isLimited = limits.length > 0
    const maxOutputTokens =
      estimate.maxOutputTokens ??
      this.#options.maxOutputTokens ??
      (isLimited ? DEFAULT_MAX_OUTPUT_TOKENS : undefined)
    const input: CallUsage = { ...estimate, cachedInputTokens: 0, outputTokens: 0 }
    const at = now()
    const most = toAmount({ ...input, outputTokens: maxOutputTokens ?? 0 }, price)
    const outcome = ledger.reserve({ accounts, limits, most, known: toAmount(input, price), at })
    if ('reached' in outcome) {
      const { reached } = outcome
      if (openCalls.hold(reached, ledger.used(reached.account, reached.period, at))) return undefined
      throw limitReached(reached, this.#options.prices().currency)
    }
    const end = openCalls.begin(accounts, most)
    return {
      maxOutputTokens,
      note: (usage) => ledger.note(outcome.id, toAmount(usage, price)),
      settle: (usage) => {
        leave()
        const amount = toAmount(usage, price)
        ledger.settle(outcome.id, amount)
        end()
        const used = {
          inputTokens: usage.inputTokens,
          outputTokens: usage.outputTokens,
          ...(price && { money: amount.micros / MICROS }),
        }
        this.#options.counts?.modelUsed(selectionId(selection), used)
        return used
      },
    }
  }

  /** A local model is free unless the owner sets a price. */
  #priceOf(selection: Selection): ModelPrice | undefined {
    const price = this.#options.prices().find(selectionId(selection))
    return price ?? (isFree(selection) ? FREE : undefined)
  }

  /** Limits in money do not apply to free models. */
  #limits(all: readonly AiLimit[], price: ModelPrice | undefined, selection: Selection): readonly AiLimit[] {
    const hasMoney = all.some(({ micros }) => micros !== undefined)
    if (hasMoney && !price) {
      const id = selectionId(selection)
      throw new AiError(
        'ai-misconfigured',
        `${id} has no price, so the budgets in money cannot be kept. Add "${id}" to prices.json in the home.`,
      )
    }
    if (!costsNothing(price)) return all
    return all.flatMap(({ micros: _micros, ...limit }) => (limit.tokens === undefined ? [] : [limit]))
  }
}

const NOTHING: AiUsage = { inputTokens: 0, outputTokens: 0, money: 0 }

function isFree({ server }: Selection): boolean {
  return !server || server.isLocal || isLoopback(server.baseUrl)
}

/** @returns the tokens and their cost; micros are rounded up, so that small amounts are not free */
function toAmount(
  { inputTokens, cachedInputTokens, outputTokens, minutes = 0, characters = 0 }: CallUsage,
  price: ModelPrice | undefined,
): AiAmount {
  const tokens = inputTokens + outputTokens
  if (!price) return { tokens, micros: 0 }
  const cached = Math.min(cachedInputTokens, inputTokens)
  const money =
    ((inputTokens - cached) * price.input +
      cached * (price.cached_input ?? price.input) +
      outputTokens * price.output +
      characters * (price.million_characters ?? 0)) /
      MILLION +
    minutes * (price.minute ?? 0)
  return { tokens, micros: Math.ceil(Number((money * MICROS).toFixed(3))) }
}

const WHOSE = {
  overall: 'of all together',
  plugin: 'of this plugin',
  chat: 'of this chat',
  user: 'of this user',
} as const

function limitReached({ account, period }: AiLimit, currency: string): AiError {
  const span = period === 'day' ? "today's" : "this month's"
  const next = period === 'day' ? 'at midnight UTC' : 'on the first of the month'
  return new AiError(
    'ai-limit',
    `The budget ${WHOSE[account.scope]} for ${span} use of models is used up (tokens or ${currency}). It resets ${next}; the owner can raise ai.budgets.${account.scope}.${period}.`,
  )
}

function costsNothing(price: ModelPrice | undefined): boolean {
  return price !== undefined && Object.values(price).every((value) => value === 0)
}

function unowned(): AiError {
  return new AiError(
    'ai-unowned',
    "I don't have an owner yet, so I don't use an AI model that costs money. If I'm yours, send me /pair with the code from the terminal where you started me.",
  )
}
