import { join } from 'node:path'
import { AiError, errorMessage } from '@pluggram/sdk'
import type { AiService, ModelDescription } from '@pluggram/sdk'
import { createDemoModel } from '@pluggram/demo-model'
import type { AiCore } from './ai-core.ts'
import type { AiOptions } from './ai-options.ts'
import { BudgetMeter } from './budget/budget-meter.ts'
import { NO_BUDGETS } from './budget/budget-settings.ts'
import { PricesFile } from './budget/prices-file.ts'
import { OpenCalls } from './budget/open-calls.ts'
import { RequestGate } from './budget/request-gate.ts'
import { CoolDown } from './cool-down.ts'
import { LlamaCpp } from './llama-cpp.ts'
import { ModelChoices } from './model-choices.ts'
import { ModelPool } from './model-pool.ts'
import { ModelProblems } from './model-problems.ts'
import { OtherCalls } from './other-calls.ts'
import { PluginAi } from './plugin-ai.ts'
import { selectionId } from './selection.ts'
import { LOCAL_SERVERS } from './vendors.ts'

/** The chosen model, with the owner's view of it. */
interface ModelReport extends ModelDescription {
  /** How it was chosen, for example `OPENAI_API_KEY is set`. */
  readonly reason: string
  /** What the owner can do to get a better one. */
  readonly setupHint?: string
  /** Why no model can answer at the moment, with the next step; holds no secret. */
  readonly problem?: string
}

/** How the models are, for `/readyz`. They are not asked for it. */
interface AiHealth {
  readonly status: 'ok' | 'degraded'
  /** What the owner has to mend, one line each; holds no secret. */
  readonly problems?: readonly string[]
}

export interface Ai {
  /** The service as the plugin of that name receives it. */
  serviceFor(plugin: string): AiService
  /** Which model answers and why; asks again when `auto` may have found another meanwhile. Never throws. */
  describe(): Promise<ModelReport>
  health(): AiHealth
  /** Ends the requests that are under way; later ones fail. */
  close(): Promise<void>
}

/** Builds the assistant's AI service. Nothing is contacted before the first call. */
export function createAi(options: AiOptions): Ai {
  const { settings, environment, logger, ledger, localServers = LOCAL_SERVERS } = options
  const closing = new AbortController()
  const { signal } = closing
  // the SDK writes its warnings to the process's stderr unless this global says no
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
  const gate = new RequestGate(settings.concurrency ?? { user: 4, overall: 64 })
  const openCalls = new OpenCalls()
  const { budgets = NO_BUDGETS, atLimit = 'refuse', timeouts } = settings
  const prices = (): ReturnType<PricesFile['current']> => pricesFile.current()
  const llamaCpp = new LlamaCpp(options.home)
  const now = options.now ?? ((): Date => new Date())
  const core: AiCore = {
    pool,
    choices: new ModelChoices({ defaults: pool.defaults, choices: settings.choices ?? [], ledger }),
    atLimit: atLimit === 'refuse' ? undefined : pool.selector(atLimit),
    own: {
      demo: createDemoModel({
        directory: options.directory,
        ...(options.demoWordMilliseconds !== undefined && { wordMilliseconds: options.demoWordMilliseconds }),
      }),
      llamaCpp: (file) => llamaCpp.model(file),
    },
    otherCalls: new OtherCalls({
      find: { ...chooseOptions, conversation: pool.defaults[0] },
      wanted: {
        embed: settings.embeddingModel ?? 'auto',
        transcribe: settings.transcriptionModel ?? 'auto',
        speak: settings.speechModel ?? 'auto',
      },
      voice: settings.speechVoice,
      timeouts,
      signal,
    }),
    coolDown: new CoolDown(),
    problems,
    ledger,
    budgets,
    prices,
    timeouts,
    signal,
    now,
    meterFor: (plugin, subject) =>
      new BudgetMeter({
        plugin,
        subject,
        ledger,
        budgets,
        prices,
        gate,
        openCalls,
        maxOutputTokens: settings.maxOutputTokens,
        now,
      }),
  }
  return {
    serviceFor: (plugin) => new PluginAi(plugin, core),
    describe: () => describeModel(pool, problems),
    health() {
      const open = [...problems.list(), ...(pricesFile.problem ? [pricesFile.problem] : [])]
      return open.length === 0 ? { status: 'ok' } : { status: 'degraded', problems: open }
    },
    async close() {
      closing.abort(new AiError('ai-unavailable', 'The assistant is stopping.', { isRetryable: true }))
      await llamaCpp.close()
    },
  }
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
