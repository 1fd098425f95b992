import type { AiUsagePeriod } from '@pluggram/sdk'
import type { AiAccount, AiLedger, AiLimit } from '@pluggram/sdk/runtime'
import { limitsOf } from './accounts.ts'
import type { BudgetSettings } from './budget-settings.ts'

/** How much of one budget is used. */
export interface BudgetUse {
  /** Absent for the budget of all together. */
  readonly plugin?: string
  readonly period: AiUsagePeriod
  /** When the period began, for example `2026-11-30` or `2026-11`. */
  readonly began: string
  /** Above 100 when the last call went over. */
  readonly percent: number
}

interface Wanted {
  readonly ledger: Pick<AiLedger, 'used'>
  readonly budgets: BudgetSettings
  readonly plugins: readonly string[]
  readonly at: Date
}

/** The owner's budgets for all together and for plugins; people's own budgets are their own affair. */
export function budgetUse({ ledger, budgets, plugins, at }: Wanted): readonly BudgetUse[] {
  const accounts: readonly AiAccount[] = [
    { scope: 'overall', name: '', isCheaper: false },
    ...plugins.map((name) => ({ scope: 'plugin' as const, name, isCheaper: false })),
  ]
  return limitsOf(accounts, budgets).map((limit) => {
    const { account, period } = limit
    return {
      ...(account.scope === 'plugin' && { plugin: account.name }),
      period,
      began: at.toISOString().slice(0, period === 'day' ? 10 : 7),
      percent: percentOf(limit, ledger.used(account, period, at)),
    }
  })
}

/** Of tokens and money, the one that is nearer to its end counts. */
function percentOf({ tokens, micros }: AiLimit, used: { tokens: number; micros: number }): number {
  const share = (part: number, whole: number | undefined): number =>
    whole === undefined ? 0 : whole === 0 ? 100 : (part / whole) * 100
  return Math.floor(Math.max(share(used.tokens, tokens), share(used.micros, micros)))
}
