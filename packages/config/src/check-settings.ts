import type { z } from 'zod'
import { createProblem, type ConfigProblem } from './config-problem.ts'
import { expectedAt, type PlaceOf } from './validate-settings.ts'
import type { settingsSchema } from './settings-schema.ts'

const OFFICIAL_TOKEN = /^\d{5,20}:[A-Za-z0-9_-]{30,}$/

/** Checks that concern more than one key. */
export function checkSettings(settings: z.output<typeof settingsSchema>, placeOf: PlaceOf): ConfigProblem[] {
  const { telegram } = settings
  const problems: ConfigProblem[] = []
  if (telegram.webhook.url !== undefined && telegram.webhook.secret === undefined) {
    const place = placeOf(['telegram', 'webhook', 'url'], 'key')
    problems.push(
      createProblem({
        at: place.at,
        path: place.path,
        expected: 'a webhook secret beside the webhook address',
        got: 'none',
        fix: 'set TELEGRAM_WEBHOOK_SECRET (or telegram.webhook.secret) to 1 to 256 random characters of A-Z, a-z, 0-9, _ and -',
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
        // Other Bot API servers, and those for tests, give out tokens of other shapes.
        severity: isOfficialServer(telegram.api_root) ? 'error' : 'warning',
        expected: expectedAt(path) ?? 'a bot token',
        got: 'a string of another shape (not shown)',
        fix: `copy the whole token from @BotFather to ${place.target}`,
      }),
    )
  }
  return problems
}

function isOfficialServer(apiRoot: string | undefined): boolean {
  return apiRoot === undefined || URL.parse(apiRoot)?.hostname === 'api.telegram.org'
}
