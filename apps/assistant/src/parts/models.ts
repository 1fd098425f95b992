import { createAi } from '@pluggram/ai'
import { definePart } from '@pluggram/assembly'
import {
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
  needs: { configuration, settings, directory, storage, folders, logger, mask },
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
    })
    life.onStop(() => ai.close())
    life.add(healthChecks, { name: 'models', check: () => ({ ...ai.health() }), isRequired: false })
    return ai
  },
})
