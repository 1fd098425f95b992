import { join } from 'node:path'
import { AiError, errorMessage } from '@pluggram/sdk'
import type { AiService, ModelDescription } from '@pluggram/sdk'
import { createDemoModel } from '@pluggram/demo-model'
import type { AiCore } from './ai-core.ts'
import type { AiOptions } from './ai-options.ts'
import { createBoundedFetch } from './bounded-fetch.ts'
import type { Fetch } from './bounded-fetch.ts'
import { BudgetMeter } from './budget/budget-meter.ts'
import { budgetUse } from './budget/budget-use.ts'
import type { BudgetUse } from './budget/budget-use.ts'
import { NO_BUDGETS } from './budget/budget-settings.ts'
import { PricesFile } from './budget/prices-file.ts'
import { OpenCalls } from './budget/open-calls.ts'
import { RequestGate } from './budget/request-gate.ts'
import { ModelHabits } from './compatible/model-habits.ts'
import { CoolDown } from './cool-down.ts'
import { createLanguageModel } from './language-model.ts'
import type { OwnModels } from './language-model.ts'
import { LlamaCpp } from './llama-cpp.ts'
import { ModelChoices } from './model-choices.ts'
import { ModelPool } from './model-pool.ts'
import { createModelProbe } from './model-probe.ts'
import type { ModelProbe } from './model-probe.ts'
import { ModelProblems } from './model-problems.ts'
import type { ModelDown } from './model-problems.ts'
import { ModelWaits } from './model-waits.ts'
import { OtherCalls } from './other-calls.ts'
import { PluginAi } from './plugin-ai.ts'
import { selectionId } from './selection.ts'
import { LOCAL_SERVERS } from './vendors.ts'

/** How long the first words of an answer may be held back, see `PlainAnswerOptions`. */
const MAX_HOLD_MS = 1_500

/** The chosen model, with details for the owner. */
interface ModelReport extends ModelDescription {
  /** How it was chosen, for example `OPENAI_API_KEY is set`. */
  readonly reason: string
  /** How the owner can get a better one. */
  readonly setupHint?: string
  /** Why no model can answer now, with the next step. Contains no secrets. */
  readonly problem?: string
}

/** The models' health, for `/readyz`. Reading it does not call them. */
interface AiHealth {
  readonly status: 'ok' | 'degraded'
  /** Models that hang, and problems the owner has to fix, one line each. Contains no secrets. */
  readonly problems?: readonly string[]
}

export interface Ai {
  /** The AI service of a plugin. */
  serviceFor(plugin: string): AiService
  /**
   * Which model answers and why. Searches again when `auto` may find a different one by now. Never
   * throws.
   */
  describe(): Promise<ModelReport>
  health(): AiHealth
  /** Uses other keys and servers from the next call on; those under way end with the old ones. */
  renew(changed: Pick<AiOptions, 'environment' | 'settings'>): void
  /** The models that cannot answer now, as far as earlier requests show. */
  down(): readonly ModelDown[]
  /** How much of the owner's budgets for all together and for these plugins is used. */
  budgetUse(plugins: readonly string[]): readonly BudgetUse[]
  /** Cancels running requests; later ones fail. */
  close(): Promise<void>
}

/** A model hangs when a request waits for this part of the time that a first word may take. */
const HANGING_SHARE = 4

/** Builds the assistant's AI service. Nothing is contacted before the first call. */
export function createAi(options: AiOptions): Ai {
  const { settings, environment, logger, ledger, localServers = LOCAL_SERVERS } = options
  const closing = new AbortController()
  const { signal } = closing
  // otherwise the SDK writes its warnings to stderr
  Object.assign(globalThis, { AI_SDK_LOG_WARNINGS: false })
  const chooseOptions = {
    settings,
    environment,
    localServers,
    signal,
    ...(options.ownPort !== undefined && { ownPort: options.ownPort }),
  }
  const pool = new ModelPool({ ...chooseOptions, logger })
  const problems = new ModelProblems(logger)
  const pricesFile = new PricesFile(join(options.home, 'prices.json'), logger)
  const waits = new ModelWaits((settings.timeouts.firstTokenSeconds * 1_000) / HANGING_SHARE)
  const { budgets = NO_BUDGETS, atLimit = 'refuse', timeouts } = settings
  const prices = (): ReturnType<PricesFile['current']> => pricesFile.current()
  const llamaCpp = new LlamaCpp(options.home)
  const { now = (): Date => new Date(), mayPay = (): boolean => true } = options
  const metering = {
    ledger,
    budgets,
    prices,
    gate: new RequestGate(settings.concurrency ?? { user: 4, overall: 256 }),
    openCalls: new OpenCalls(),
    maxOutputTokens: settings.maxOutputTokens,
    now,
    mayPay,
    counts: options.counts,
  }
  const fetch = createBoundedFetch({ hide: options.hide })
  const core: AiCore = {
    pool,
    choices: new ModelChoices({ defaults: pool.defaults, choices: settings.choices ?? [], ledger }),
    atLimit: atLimit === 'refuse' ? undefined : pool.selector(atLimit),
    createModel: modelFactory(options, fetch, (file) => llamaCpp.model(file)),
    otherCalls: new OtherCalls({
      find: { ...chooseOptions, conversation: pool.defaults[0] },
      wanted: {
        embed: settings.embeddingModel ?? 'auto',
        transcribe: settings.transcriptionModel ?? 'auto',
        speak: settings.speechModel ?? 'auto',
      },
      voice: settings.speechVoice,
      timeouts,
      fetch,
      signal,
    }),
    coolDown: new CoolDown(),
    waits,
    problems,
    counts: options.counts,
    ledger,
    budgets,
    prices,
    timeouts,
    signal,
    now,
    meterFor: (plugin, subject) => new BudgetMeter({ ...metering, plugin, subject }),
  }
  const latest = { settings, environment }
  const probe = createModelProbe({ problems, waits, latest, logger, ownPort: options.ownPort })
  return {
    serviceFor: (plugin) => new PluginAi(plugin, core),
    renew(changed) {
      Object.assign(latest, changed)
      for (const part of [pool, core.otherCalls]) part.renew(changed)
    },
    describe: () => describeModel(pool, problems),
    health: () => healthOf(problems, waits, probe, pricesFile),
    down: () => problems.down(),
    budgetUse: (plugins) => budgetUse({ ledger, budgets, plugins, at: now() }),
    async close() {
      closing.abort(new AiError('ai-unavailable', 'The assistant is stopping.', { isRetryable: true }))
      await Promise.all([probe.stop(), llamaCpp.close()])
    },
  }
}

function healthOf(
  problems: ModelProblems,
  waits: ModelWaits,
  probe: ModelProbe,
  pricesFile: PricesFile,
): AiHealth {
  const hanging = waits.list()
  const prices = pricesFile.problem ? [pricesFile.problem] : []
  const open = [...problems.list(), ...hanging, ...probe.list(hanging), ...prices]
  return open.length === 0 ? { status: 'ok' } : { status: 'degraded', problems: open }
}

/** Creates the clients of models; what is learned of a model is kept from one to the next. */
function modelFactory(
  { directory, demoWordMilliseconds, settings, logger }: AiOptions,
  fetch: Fetch,
  llamaCpp: OwnModels['llamaCpp'],
): AiCore['createModel'] {
  const { firstTokenSeconds, betweenTokensSeconds } = settings.timeouts
  const demo = createDemoModel({
    directory,
    ...(demoWordMilliseconds !== undefined && { wordMilliseconds: demoWordMilliseconds }),
  })
  const shared = {
    own: { demo, llamaCpp },
    habits: new ModelHabits(),
    fetch,
    // well within the time limits: what is held back must not be lost to one
    holdMs: Math.min(MAX_HOLD_MS, firstTokenSeconds * 300, betweenTokensSeconds * 300),
    logger,
  }
  return (selection) => createLanguageModel(selection, shared)
}

async function describeModel(pool: ModelPool, problems: ModelProblems): Promise<ModelReport> {
  const [wanted] = pool.defaults
  try {
    const selection = await pool.selector(wanted).select()
    const problem = problems.of(wanted)
    return {
      id: selectionId(selection),
      isDemo: selection.api === 'demo',
      reason: selection.reason,
      ...(selection.setupHint && { setupHint: selection.setupHint }),
      ...(problem !== undefined && { problem }),
    }
  } catch (error) {
    return { id: wanted, isDemo: false, reason: 'no model can answer', problem: errorMessage(error) }
  }
}
