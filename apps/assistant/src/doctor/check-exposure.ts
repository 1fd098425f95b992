import { existsSync } from 'node:fs'
import { isIP } from 'node:net'
import { problemPlace } from '@pluggram/config'
import type { LoadedConfiguration } from '@pluggram/config'
import { databaseFacts } from './database-facts.ts'
import type { DoctorCheck } from './examined-home.ts'
import { problem } from './problem.ts'
import type { Problem } from './problem.ts'

/** In a container it is usual to listen everywhere; who may come in is decided outside of it. */
const CONTAINERS = ['/.dockerenv', '/run/.containerenv']
const isContainer = (): boolean =>
  CONTAINERS.some((file) => existsSync(file)) || process.env['KUBERNETES_SERVICE_HOST'] !== undefined

/** Free models: nobody pays for a call. */
const FREE = /^(?:demo|llama-cpp)\b/

/** What is open to people who should not have it, by the configuration alone. */
export function findExposure(configuration: LoadedConfiguration): Problem[] {
  const { host, password } = configuration.settings.http
  const where = problemPlace(configuration.locate(['http', 'host']), configuration)
  if (host === 'localhost' || host === '::1' || (isIP(host) === 4 && host.startsWith('127.'))) return []
  if (password === undefined) {
    return [
      problem('exposure.no-password', {
        what: 'Other machines could reach the pages without a password, so the assistant does not start.',
        why: `HOST is ${host}.`,
        fix: 'Set PLUGGRAM_PASSWORD (12 characters or more) in .env, or leave HOST at 127.0.0.1.',
        where,
      }),
    ]
  }
  if (/^(?:0\.0\.0\.0|::)$/.test(host) && isContainer()) return []
  return [
    problem('exposure.plain-http', {
      what: 'Other machines reach the pages, and the password and all chats travel without encryption.',
      why: `HOST is ${host}, and the assistant itself speaks plain HTTP.`,
      fix: 'Set HOST to 127.0.0.1, and put a web server with a certificate in front (Caddy, nginx), or use an SSH tunnel: ssh -L 8080:127.0.0.1:8080 SERVER.',
      where,
    }),
  ]
}

export const exposureCheck: DoctorCheck = {
  name: 'what is open to others',
  areas: ['exposure'],
  run: ({ configuration }) => findExposure(configuration),
}

/** Who may use the assistant, and on whose costs. */
export const accessCheck: DoctorCheck = {
  name: 'who may use the assistant',
  areas: ['access', 'exposure'],
  run({ configuration, settings, home }) {
    const { telegram, access, ai } = settings
    if (telegram.botToken === undefined) return []
    const facts = databaseFacts({ home, settings })
    const isOwned = access.owners.length > 0 || facts?.hasOwner === true
    const mode = access.mode ?? facts?.mode
    const problems: Problem[] = []
    // before the first start there can be no owner
    if (!isOwned && facts) {
      problems.push(
        problem('access.no-owner', {
          what: 'Nobody owns this bot yet.',
          why: 'Until somebody does, anybody may chat with it, and models that cost money answer nobody.',
          fix: 'Start the assistant (or pluggram restart), and send the bot the message "/pair CODE" that it prints.',
        }),
      )
    }
    const { overall, user, chat } = ai.budgets
    const isLimited = [overall, user, chat].some(({ day, month }) =>
      [day.tokens, day.money, month.tokens, month.money].some((limit) => limit !== undefined),
    )
    if (mode === 'everyone' && !isLimited && isPaid(configuration)) {
      problems.push(
        problem('exposure.model-for-everyone', {
          what: 'Everybody on Telegram may use your model, as much as they like.',
          why: 'access.mode is "everyone", the model costs money, and ai.budgets sets no limit.',
          fix: 'Set a budget, for example "budgets": { "user": { "day": { "tokens": 50000 } } } under ai in config.json, or access.mode to "listed".',
          where: problemPlace(configuration.locate(['access', 'mode']), configuration),
        }),
      )
    }
    return problems
  },
}

function isPaid({ settings, environment }: LoadedConfiguration): boolean {
  const { model } = settings.ai
  const hasKey = ['OPENAI_API_KEY', 'ANTHROPIC_API_KEY', 'GOOGLE_GENERATIVE_AI_API_KEY'].some(
    (name) => environment[name],
  )
  if (model === 'auto') return hasKey
  const models = typeof model === 'string' ? [model] : model
  return (
    models.some((one) => !FREE.test(one)) &&
    (hasKey || Object.values(settings.ai.providers).some(({ apiKey }) => apiKey))
  )
}
