import type { Ai } from '@pluggram/ai'
import type { Found } from '@pluggram/observability'

/** Budgets of which nothing is left. Alerts tell of them on the way there. */
export function findUsedBudgets(use: ReturnType<Ai['budgetUse']>): Found[] {
  return use.flatMap(({ plugin, period, percent }) => {
    if (percent < 100) return []
    const key = `${plugin === undefined ? 'overall' : 'plugin'}.${period}`
    return [
      {
        id: `model.budget-used:${plugin ?? 'overall'}.${period}`,
        severity: 'warning',
        what: `The models answer ${plugin === undefined ? 'nobody' : `nothing for the plugin ${plugin}`} until the ${period} is over (UTC).`,
        why: `The budget ai.budgets.${key} is used up (${percent} %).`,
        fix: `Wait, or raise ai.budgets.${key} in config.json and run: pluggram restart.`,
      },
    ]
  })
}
