import type { AiSubject } from '@pluggram/sdk'
import type { AiAccount, AiLimit } from '@pluggram/sdk/runtime'
import type { BudgetSettings } from './budget-settings.ts'

const PERIODS = ['day', 'month'] as const
export const MICROS = 1_000_000

/** The accounts that a call is charged to. */
export function accountsOf(plugin: string, { chat, user }: AiSubject, isCheaper: boolean): AiAccount[] {
  return [
    { scope: 'overall', name: '', isCheaper },
    { scope: 'plugin', name: plugin, isCheaper },
    ...(chat ? [{ scope: 'chat' as const, name: String(chat.id), isCheaper }] : []),
    ...(user ? [{ scope: 'user' as const, name: String(user.id), isCheaper }] : []),
  ]
}

/** The owner's limits for these accounts. */
export function limitsOf(accounts: readonly AiAccount[], budgets: BudgetSettings): AiLimit[] {
  return accounts.flatMap((account) =>
    PERIODS.flatMap((period): AiLimit[] => {
      const { tokens, money } = budgets[account.scope][period]
      if (tokens === undefined && money === undefined) return []
      return [
        {
          account,
          period,
          ...(tokens !== undefined && { tokens }),
          ...(money !== undefined && { micros: Math.round(money * MICROS) }),
        },
      ]
    }),
  )
}
