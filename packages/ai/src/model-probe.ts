import { repeat } from '@pluggram/base'
import type { Repetition } from '@pluggram/base'
import type { Logger } from '@pluggram/sdk'
import type { ExamineOptions } from './examine-models.ts'
import type { ModelProblems } from './model-problems.ts'
import type { ModelWaits } from './model-waits.ts'

export interface ModelProbeOptions {
  /** Models whose last requests failed, or wait for long, as the configuration names them. */
  suspects(): readonly string[]
  /**
   * Asks a model's server for its list of models, which costs nothing.
   * @returns why it cannot be reached; `undefined` when it can
   */
  ask(model: string, signal: AbortSignal): Promise<string | undefined>
  /** Called for each suspect that cannot be reached, each time. */
  onUnreachable(model: string, why: string): void
  /** Called once when a server that could not be reached answers again. */
  onReachable(model: string): void
  readonly logger: Logger
  readonly everyMs?: number
}

const EVERY_MS = 3_000
/** Long enough for a server far away, and for a busy one. */
const ANSWER_MS = 3_000

/**
 * Asks the servers of suspected models whether they are there, so that a model is known to be down
 * soon after the first request that failed, and to be back although nobody asks it anything.
 */
export class ModelProbe {
  readonly #options: ModelProbeOptions
  readonly #asking: Repetition
  /** Why each model could not be reached when it was last asked. */
  readonly #unreachable = new Map<string, string>()

  constructor(options: ModelProbeOptions) {
    const { everyMs = EVERY_MS, logger } = options
    this.#options = options
    this.#asking = repeat(() => this.#askAll(), {
      everyMs,
      onError: (error) => logger.debug('cannot ask after a model', { err: error }),
    })
  }

  /**
   * One line for each model that cannot be reached.
   * @param known lines that begin with a model's name; their models are left out
   */
  list(known: readonly string[] = []): readonly string[] {
    return [...this.#unreachable]
      .filter(([model]) => !known.some((line) => line.startsWith(`${model} `)))
      .map(([model, why]) => `${model} cannot be reached: ${why}`)
  }

  stop(): Promise<void> {
    return this.#asking.stop()
  }

  async #askAll(): Promise<void> {
    const models = new Set([...this.#options.suspects(), ...this.#unreachable.keys()])
    await Promise.all([...models].map((model) => this.#askOne(model)))
  }

  async #askOne(model: string): Promise<void> {
    const why = await this.#options.ask(model, AbortSignal.timeout(ANSWER_MS))
    if (why !== undefined) {
      this.#unreachable.set(model, why)
      this.#options.onUnreachable(model, why)
    } else if (this.#unreachable.delete(model)) this.#options.onReachable(model)
  }
}

export interface CreateModelProbeOptions {
  readonly problems: ModelProblems
  readonly waits: ModelWaits
  /** Changes when keys and servers do. */
  readonly latest: Pick<ExamineOptions, 'environment' | 'settings'>
  readonly ownPort: number | undefined
  readonly logger: Logger
}

/** A model that lets a request wait for this long is asked after. */
const SUSPICIOUS_MS = 4_000

export function createModelProbe({
  problems,
  waits,
  latest,
  ownPort,
  logger,
}: CreateModelProbeOptions): ModelProbe {
  return new ModelProbe({
    logger,
    suspects: () => [...problems.failing(), ...waits.slow(SUSPICIOUS_MS)],
    async ask(model, signal) {
      // seldom needed
      const { examineModels } = await import('./examine-models.ts')
      const faults = await examineModels({
        settings: { ...latest.settings, model },
        environment: latest.environment,
        ...(ownPort !== undefined && { ownPort }),
        signal,
        isOffline: false,
        mayAsk: () => true,
      })
      return faults.find(({ kind }) => kind === 'unreachable')?.why
    },
    onUnreachable: (model, why) => problems.unreachable(model, why),
    onReachable(model) {
      problems.reachable(model)
      waits.reachable(model)
    },
  })
}
