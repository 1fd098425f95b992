import { isDeepStrictEqual } from 'node:util'
import { createAi, MODEL_KEYS } from '@pluggram/ai'
import type { Ai } from '@pluggram/ai'
import { definePart } from '@pluggram/assembly'
import type { ComponentHealth } from '@pluggram/observability'
import type { LoadedConfiguration } from '@pluggram/config'
import { PROGRAM_ID } from '@pluggram/sdk/runtime'
import { findUsedBudgets } from '../find-used-budgets.ts'
import {
  access,
  board,
  configuration,
  directory,
  folders,
  findingSources,
  healthChecks,
  logger,
  mask,
  metrics,
  models,
  settings,
  storage,
} from './tokens.ts'

/** The keys of models; everything else of the environment counts at the next start. */
function keysOf({ environment }: LoadedConfiguration): Record<string, string | undefined> {
  return Object.fromEntries(MODEL_KEYS.map((name) => [name, environment[name]]))
}

/** Everything but the conversation works without a model. */
function modelsHealth({ status, problems }: ReturnType<Ai['health']>): ComponentHealth {
  const [why] = problems ?? []
  if (why === undefined) return { status }
  return {
    status,
    problems,
    problem: {
      id: 'model.down',
      headline: 'A model does not work',
      what: 'A model does not work.',
      why,
      fix: 'Commands and plugins do. "pluggram doctor model" says more.',
    },
  }
}

/** The language models and their budgets. */
export const languageModels = definePart({
  name: 'models',
  needs: { access, board, configuration, settings, directory, storage, folders, logger, mask, metrics },
  gives: models,
  start(needs, life) {
    const { ai: aiSettings, http } = needs.settings.now
    const ai = createAi({
      settings: aiSettings,
      environment: needs.configuration.now.environment,
      directory: () => needs.directory,
      ledger: needs.storage.aiLedger,
      home: needs.folders.home,
      logger: needs.logger,
      hide: (text) => needs.mask.applyToChat(text),
      ownPort: http.port,
      counts: needs.metrics,
      // an owner who set access.mode has decided who may use the model
      mayPay: ({ user }) =>
        needs.access.rules.isOwned() || needs.access.rules.isModeFixed() || user?.id === PROGRAM_ID,
    })
    life.onStop(() => ai.close())
    const providers = needs.settings.at('ai', 'providers')
    const first = needs.configuration.now.environment
    const renew = (): void =>
      ai.renew({
        settings: { ...aiSettings, providers: providers.now },
        environment: { ...first, ...keysOf(needs.configuration.now) },
      })
    life.onStop(providers.onChange(renew))
    life.onStop(
      needs.configuration.onChange((now, before) => {
        if (!isDeepStrictEqual(keysOf(now), keysOf(before))) renew()
      }),
    )
    life.add(findingSources, {
      name: 'the budgets',
      check: () => findUsedBudgets(ai.budgetUse(needs.board.states().map(({ name }) => name))),
    })
    needs.metrics.show('ai_budget_used_ratio', () =>
      ai.budgetUse(needs.board.states().map(({ name }) => name)).map(({ plugin = '', period, percent }) => ({
        labels: { scope: plugin === '' ? 'overall' : 'plugin', plugin, period },
        value: percent / 100,
      })),
    )
    life.add(healthChecks, { name: 'models', check: () => modelsHealth(ai.health()), isRequired: false })
    life.add(findingSources, {
      name: 'the models',
      check: () =>
        ai.down().map(({ model, why, isMisconfigured }) => ({
          id: `model.down:${model}`,
          severity: 'error',
          what: `The model ${model} does not answer.`,
          why,
          fix: isMisconfigured
            ? 'Mend what the message names in config.json or .env, then restart.'
            : "Look at the provider's status page. A second model in ai.model would answer meanwhile.",
        })),
    })
    return ai
  },
})
