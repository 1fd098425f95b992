/** `ai.budgets`: usage limits. An absent member means no limit. */
export type BudgetSettings = Readonly<Record<'overall' | 'user' | 'chat' | 'plugin', Allowance>>

interface Allowance {
  readonly day: PeriodBudget
  readonly month: PeriodBudget
}

interface PeriodBudget {
  readonly tokens?: number | undefined
  readonly money?: number | undefined
}

const NOTHING: Allowance = { day: {}, month: {} }

/** No limits. */
export const NO_BUDGETS: BudgetSettings = { overall: NOTHING, user: NOTHING, chat: NOTHING, plugin: NOTHING }
