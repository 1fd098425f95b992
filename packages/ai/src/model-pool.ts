import type { Logger } from '@pluggram/sdk'
import type { AiSettings, Environment } from './ai-options.ts'
import { chooseModel } from './choose-model.ts'
import { ModelSelector } from './model-selector.ts'
import { selectionId } from './selection.ts'
import type { LocalServer } from './vendors.ts'

export interface ModelPoolOptions {
  readonly settings: Pick<AiSettings, 'model' | 'baseUrl' | 'providers'>
  readonly environment: Environment
  readonly localServers: readonly LocalServer[]
  readonly ownPort?: number
  readonly logger: Logger
  readonly signal: AbortSignal
}

/** The configured models; each is resolved on first use. */
export class ModelPool {
  #options: ModelPoolOptions
  readonly #selectors = new Map<string, ModelSelector>()

  constructor(options: ModelPoolOptions) {
    this.#options = options
  }

  /** `ai.model` as a list; never empty. */
  get defaults(): readonly [string, ...string[]] {
    const { model } = this.#options.settings
    const [first = 'auto', ...rest] = typeof model === 'string' ? [model] : model
    return [first, ...rest]
  }

  /** The models to ask, in order: the chosen one, then those of `ai.model` if it is a chain. */
  chain(chosen?: string): readonly [ModelSelector, ...ModelSelector[]] {
    const [first, ...others] = this.defaults
    if (chosen === undefined || chosen === first) {
      return [this.selector(first), ...others.map((wanted) => this.selector(wanted))]
    }
    const rest = others.length > 0 ? this.defaults.filter((wanted) => wanted !== chosen) : []
    return [this.selector(chosen), ...rest.map((wanted) => this.selector(wanted))]
  }

  /** Uses other keys or servers from the next call on. */
  renew(changed: Pick<ModelPoolOptions, 'settings' | 'environment'>): void {
    this.#options = { ...this.#options, ...changed }
    for (const selector of this.#selectors.values()) selector.renew()
  }

  /** @param wanted `auto` or `provider:model` */
  selector(wanted: string): ModelSelector {
    const known = this.#selectors.get(wanted)
    if (known) return known
    const selector = new ModelSelector({
      wanted,
      choose: async () => {
        const { logger, settings, environment, localServers, ownPort, signal } = this.#options
        const selection = await chooseModel(wanted, {
          settings,
          environment,
          localServers,
          signal,
          ...(ownPort !== undefined && { ownPort }),
        })
        logger.info('Chose the language model.', { model: selectionId(selection), reason: selection.reason })
        return selection
      },
    })
    this.#selectors.set(wanted, selector)
    return selector
  }
}
