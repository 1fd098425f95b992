import type { AiSubject, AiUsageLine, AiUsagePeriod, AiUsageReport } from '@pluggram/sdk'
import type { AiLedger } from '@pluggram/sdk/runtime'
import { accountsOf, MICROS } from './budget/accounts.ts'
import type { BudgetSettings } from './budget/budget-settings.ts'

export interface UsageReportOptions {
  readonly plugin: string
  readonly subject: AiSubject
  readonly ledger: Pick<AiLedger, 'used'>
  readonly budgets: BudgetSettings
  readonly currency: string
  readonly now: Date
}

/**
 * Usage of the current day and month, with the owner's limits. Includes usage of the cheaper model.
 */
export function createUsageReport(options: UsageReportOptions): AiUsageReport {
  const { plugin, subject, ledger, budgets, currency, now } = options
  const lines = accountsOf(plugin, subject, false).flatMap((account) =>
    (['day', 'month'] as const).map((period): AiUsageLine => {
      const main = ledger.used(account, period, now)
      const cheaper = ledger.used({ ...account, isCheaper: true }, period, now)
      const { tokens, money } = budgets[account.scope][period]
      return {
        scope: account.scope,
        period,
        tokens: main.tokens + cheaper.tokens,
        money: (main.micros + cheaper.micros) / MICROS,
        ...(cheaper.tokens > 0 && {
          cheaper: { tokens: cheaper.tokens, money: cheaper.micros / MICROS },
        }),
        ...(tokens !== undefined && { tokenLimit: tokens }),
        ...(money !== undefined && { moneyLimit: money }),
        endsAt: endOf(period, now),
      }
    }),
  )
  return { currency, lines }
}

function endOf(period: AiUsagePeriod, now: Date): Date {
  const [year, month] = [now.getUTCFullYear(), now.getUTCMonth()]
  return new Date(
    period === 'day' ? Date.UTC(year, month, now.getUTCDate() + 1) : Date.UTC(year, month + 1, 1),
  )
}
