import { createAi } from '@pluggram/ai'
import { definePart } from '@pluggram/assembly'
import {
  access,
  configuration,
  directory,
  folders,
  healthChecks,
  logger,
  mask,
  models,
  settings,
  storage,
} from './tokens.ts'

/** The language models and their budgets. */
export const languageModels = definePart({
  name: 'models',
  needs: { access, configuration, settings, directory, storage, folders, logger, mask },
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
      // an owner who set access.mode has decided who may use the model
      mayPay: () => needs.access.rules.isOwned() || needs.access.rules.isModeFixed(),
    })
    life.onStop(() => ai.close())
    life.add(healthChecks, { name: 'models', check: () => ({ ...ai.health() }), isRequired: false })
    return ai
  },
})
