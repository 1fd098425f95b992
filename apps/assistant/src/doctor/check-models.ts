import { examineModels } from '@pluggram/ai'
import type { ModelFault } from '@pluggram/ai'
import { problemPlace } from '@pluggram/config'
import type { FindingId } from '@pluggram/observability'
import type { DoctorCheck } from './examined-home.ts'
import { problem } from './problem.ts'

const LIMIT_MS = 4_800

/** The finding of each fault, and its first sentence. */
const KINDS = {
  misconfigured: ['model.misconfigured', (model) => `The model ${model} cannot be used.`],
  'key-refused': ['model.key-refused', (model) => `The key of the model ${model} is refused.`],
  unreachable: ['model.unreachable', (model) => `The server of the model ${model} does not answer.`],
  unknown: ['model.unknown', (model) => `The server does not list the model ${model}.`],
  'context-small': ['model.context-small', (model) => `The model ${model} forgets early.`],
} as const satisfies Readonly<Record<ModelFault['kind'], [FindingId, (model: string) => string]>>

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
    return faults.map(({ kind, model, why, fix }) => {
      const [id, what] = KINDS[kind]
      return problem(`${id}:${model}`, {
        what: what(model),
        why,
        fix: fix ?? 'Do what it says, or choose another model: ai.model in config.json.',
        where: problemPlace(configuration.locate(['ai', 'model']), configuration),
      })
    })
  },
}
