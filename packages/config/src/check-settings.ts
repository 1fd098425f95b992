import type { z } from 'zod'
import { BUILT_IN_PROVIDERS } from './ai-settings-schema.ts'
import { describeValue } from './describe-value.ts'
import { createProblem, type ConfigProblem } from './config-problem.ts'
import { expectedAt, type PlaceOf } from './validate-settings.ts'
import type { settingsSchema } from './settings-schema.ts'

const OFFICIAL_TOKEN = /^\d{5,20}:[A-Za-z0-9_-]{30,}$/

/** Checks that concern more than one key. */
export function checkSettings(settings: z.output<typeof settingsSchema>, placeOf: PlaceOf): ConfigProblem[] {
  const { telegram } = settings
  const problems = checkModels(settings.ai, placeOf)
  if (telegram.webhook.url !== undefined && telegram.webhook.secret === undefined) {
    const place = placeOf(['telegram', 'webhook', 'url'], 'key')
    problems.push(
      createProblem({
        at: place.at,
        path: place.path,
        expected: 'a webhook secret beside the webhook address',
        got: 'none',
        fix: 'set TELEGRAM_WEBHOOK_SECRET (or telegram.webhook.secret) to 8 to 256 random characters of A-Z, a-z, 0-9, _ and -',
      }),
    )
  }
  if (telegram.bot_token !== undefined && !OFFICIAL_TOKEN.test(telegram.bot_token)) {
    const path = ['telegram', 'bot_token']
    const place = placeOf(path, 'value')
    problems.push(
      createProblem({
        at: place.at,
        path: place.path,
        // Other Bot API servers, such as those for tests, issue tokens in other formats.
        severity: isOfficialServer(telegram.api_root) ? 'error' : 'warning',
        expected: expectedAt(path) ?? 'a bot token',
        got: 'a string of another form (not shown)',
        fix: `copy the whole token from @BotFather to ${place.target}`,
      }),
    )
  }
  return problems
}

type AiSettings = z.output<typeof settingsSchema>['ai']

/** Every model's provider must be built in or listed in `ai.providers`. */
function checkModels({ model, choices, providers, ...ai }: AiSettings, placeOf: PlaceOf): ConfigProblem[] {
  const known = new Set([...BUILT_IN_PROVIDERS, 'auto', 'off', 'refuse', ...Object.keys(providers)])
  const named: [path: (string | number)[], models: readonly string[]][] = [
    [['model'], typeof model === 'string' ? [model] : model],
    [['choices'], choices],
    [['embedding_model'], [ai.embedding_model]],
    [['transcription_model'], [ai.transcription_model]],
    [['speech_model'], [ai.speech_model]],
    [['at_limit'], [ai.at_limit]],
  ]
  return named.flatMap(([path, models]) => {
    const unknown = models.find((id) => !known.has(id.split(':', 1)[0] ?? ''))
    if (unknown === undefined) return []
    const place = placeOf(['ai', ...path], 'value')
    return [
      createProblem({
        at: place.at,
        path: place.path,
        expected: expectedAt(['ai', ...path]) ?? 'a model',
        got: describeValue(unknown, place.isHidden),
        fix: `correct ${place.target}, or add the server to ai.providers`,
      }),
    ]
  })
}

function isOfficialServer(apiRoot: string | undefined): boolean {
  return apiRoot === undefined || URL.parse(apiRoot)?.hostname === 'api.telegram.org'
}
