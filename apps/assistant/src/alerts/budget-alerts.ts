import type { Ai } from '@pluggram/ai'
import type { Alert } from './alert-kinds.ts'
import { alertTexts } from './alert-texts.ts'

const LEVELS = [100, 80, 50] as const

/** Budgets of which much is used: of each one the highest level, once a period. */
export function budgetAlerts(use: ReturnType<Ai['budgetUse']>): readonly Alert[] {
  return use.flatMap(({ plugin, period, began, percent }): Alert[] => {
    const level = LEVELS.find((one) => percent >= one)
    if (level === undefined) return []
    const whose = plugin === undefined ? alertTexts.budgetOfAll : alertTexts.budgetOf(plugin)
    return [
      {
        id: `budget:${plugin ?? ''}:${period}:${began}:${level}`,
        kind: 'budget',
        what: alertTexts.budget(level, whose, period),
        why: alertTexts.budgetWhy(`${plugin === undefined ? 'overall' : 'plugin'}.${period}`, percent),
        fix: alertTexts.budgetNext(period),
        isEvent: true,
      },
    ]
  })
}
