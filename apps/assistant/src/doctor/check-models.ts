import { examineModels } from '@pluggram/ai'
import type { ModelFault } from '@pluggram/ai'
import { problemPlace } from '@pluggram/config'
import type { FindingId } from '@pluggram/observability'
import type { DoctorCheck } from './examined-home.ts'
import { problem } from './problem.ts'

const LIMIT_MS = 4_800

const WHAT: Readonly<Record<ModelFault['kind'], (model: string) => string>> = {
  misconfigured: (model) => `The model ${model} cannot be used.`,
  'key-refused': (model) => `The key of the model ${model} is refused.`,
  unreachable: (model) => `The server of the model ${model} does not answer.`,
  unknown: (model) => `The server does not list the model ${model}.`,
  'context-small': (model) => `The model ${model} forgets early.`,
}

/** The models of `ai.model`: their keys, their servers, their names. */
export const modelsCheck: DoctorCheck = {
  name: 'the models',
  areas: ['model'],
  isNetwork: true,
  async run({ configuration, settings, isOffline, reach }) {
    const blocked = new Set<string>()
    for (const address of [
      settings.ai.baseUrl,
      ...Object.values(settings.ai.providers).map((one) => one.baseUrl),
    ]) {
      if (address !== undefined && !(await reach.mayAsk(new URL(address)))) blocked.add(new URL(address).host)
    }
    const faults = await examineModels({
      settings: settings.ai,
      environment: configuration.environment,
      ownPort: settings.http.port,
      signal: AbortSignal.timeout(LIMIT_MS),
      isOffline,
      mayAsk: (url) => !blocked.has(url.host),
    })
    return faults.map(({ kind, model, why, fix }) =>
      problem(`model.${kind}:${model}` as FindingId, {
        what: WHAT[kind](model),
        why,
        fix: fix ?? 'Do what it says, or choose another model: ai.model in config.json.',
        where: problemPlace(configuration.locate(['ai', 'model']), configuration),
      }),
    )
  },
}
