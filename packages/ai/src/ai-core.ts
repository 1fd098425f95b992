import type { AiSubject } from '@pluggram/sdk'
import type { AiLedger } from '@pluggram/sdk/runtime'
import type { AiTimeouts, ModelCounts } from './ai-options.ts'
import type { BudgetSettings } from './budget/budget-settings.ts'
import type { CallMeter } from './budget/call-meter.ts'
import type { Prices } from './budget/prices.ts'
import type { CoolDown } from './cool-down.ts'
import type { ModelChoices } from './model-choices.ts'
import type { ModelPool } from './model-pool.ts'
import type { ModelProblems } from './model-problems.ts'
import type { ModelSelector } from './model-selector.ts'
import type { ModelWaits } from './model-waits.ts'
import type { OtherCalls } from './other-calls.ts'
import type { SdkLanguageModel } from './sdk-language-model.ts'
import type { Selection } from './selection.ts'

/** State shared by the AI services of all plugins. */
export interface AiCore {
  readonly pool: ModelPool
  readonly choices: ModelChoices
  /** The model that answers once a budget is used up. */
  readonly atLimit: ModelSelector | undefined
  readonly createModel: (selection: Selection) => SdkLanguageModel
  readonly otherCalls: OtherCalls
  readonly coolDown: CoolDown
  readonly waits: ModelWaits
  readonly problems: ModelProblems
  readonly counts: ModelCounts | undefined
  readonly ledger: AiLedger
  readonly budgets: BudgetSettings
  readonly prices: () => Prices
  readonly timeouts: AiTimeouts
  /** Aborted when the assistant stops. */
  readonly signal: AbortSignal
  readonly now: () => Date
  meterFor(plugin: string, subject: AiSubject): CallMeter
}
