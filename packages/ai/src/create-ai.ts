import { AiError, errorMessage } from '@pluggram/sdk'
import type { AiService, ModelDescription } from '@pluggram/sdk'
import type { AiOptions } from './ai-options.ts'
import { AiTextService } from './ai-text-service.ts'
import { chooseModel } from './choose-model.ts'
import { createDemoModel } from './demo/demo-model.ts'
import { ModelSelector } from './model-selector.ts'
import { selectionId } from './selection.ts'
import { LOCAL_SERVERS } from './vendors.ts'

/** The chosen model, with the owner's view of it. */
export interface ModelReport extends ModelDescription {
  /** How it was chosen, for example `OPENAI_API_KEY is set`. */
  readonly reason: string
  /** What the owner can do to get a better one. */
  readonly setupHint?: string
  /** Why no model can answer at the moment, with the next step; holds no secret. `id` is then the setting's value. */
  readonly problem?: string
}

export interface Ai {
  /** What plugins receive. */
  readonly service: AiService
  /** Which model answers and why; asks again when `auto` may have found another meanwhile. Never throws. */
  describe(): Promise<ModelReport>
  /** Ends the requests that are under way; later ones fail. */
  close(): void
}

/** Builds the assistant's AI service. Nothing is contacted before the first call. */
export function createAi(options: AiOptions): Ai {
  const { settings, environment, directory, logger, ownPort, localServers = LOCAL_SERVERS } = options
  const closing = new AbortController()
  // the SDK writes its warnings to the process's stderr unless this global says no
  Object.assign(globalThis, { AI_SDK_LOG_WARNINGS: false })
  const selector = new ModelSelector({
    choose: async () => {
      const selection = await chooseModel({
        settings,
        environment,
        localServers,
        signal: closing.signal,
        ...(ownPort !== undefined && { ownPort }),
      })
      logger.info('Chose the language model.', { model: selectionId(selection), reason: selection.reason })
      return selection
    },
  })
  const demo = createDemoModel({
    directory,
    ...(options.demoWordMilliseconds !== undefined && { wordMilliseconds: options.demoWordMilliseconds }),
  })
  const service = new AiTextService({
    selector,
    demo,
    timeouts: settings.timeouts,
    logger,
    signal: closing.signal,
  })
  return {
    service,
    describe: async () => {
      try {
        const selection = await selector.select()
        return {
          id: selectionId(selection),
          isDemo: selection.provider === 'demo',
          reason: selection.reason,
          ...(selection.setupHint && { setupHint: selection.setupHint }),
        }
      } catch (error) {
        return {
          id: settings.model,
          isDemo: false,
          reason: 'no model can answer',
          problem: errorMessage(error),
        }
      }
    },
    close: () =>
      closing.abort(new AiError('ai-unavailable', 'The assistant is stopping.', { isRetryable: true })),
  }
}
