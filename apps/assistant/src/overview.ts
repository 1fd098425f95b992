import type { AssistantSettings } from '@pluggram/config'
import { withinTime } from '@pluggram/base'
import type { Findings, Health, HealthReport, SecretMask } from '@pluggram/observability'
import { z } from '@pluggram/sdk'
import type { Ai } from '@pluggram/ai'
import { readPluginStates } from './plugin-states.ts'
import type { PluginBoard } from './plugin-board.ts'
import type { Telegram } from './telegram.ts'
import { readVersion } from './cli/read-version.ts'

/** A model on this machine is looked for before it is named; nobody waits longer for that. */
const MODEL_MS = 2_000

const pluginSchema = z.object({ name: z.string(), state: z.string(), problem: z.string().optional() })

/** What runs, for the terminal, `pluggram status` and the first page; a command reads it through the door. */
export const overviewSchema = z.object({
  name: z.string(),
  version: z.string(),
  pid: z.number(),
  startedAt: z.string(),
  home: z.string(),
  url: z.string(),
  /** The bot's name on Telegram; absent in the playground, and until Telegram has told it. */
  bot: z.string().optional(),
  isPlayground: z.boolean(),
  connection: z.string(),
  model: z.object({
    id: z.string(),
    isDemo: z.boolean(),
    problem: z.string().optional(),
    setupHint: z.string().optional(),
  }),
  plugins: z.array(pluginSchema),
  isReady: z.boolean(),
  /** How it is, in a sentence or two. */
  summary: z.string(),
  /** How many problems `pluggram doctor` would name. */
  problems: z.number(),
  /** Components that are not well, with the reason where there is one. */
  troubles: z.array(z.object({ component: z.string(), status: z.string(), reason: z.string().optional() })),
})

export type Overview = z.infer<typeof overviewSchema>

export interface OverviewSources {
  readonly settings: AssistantSettings
  readonly home: string
  readonly url: () => string
  readonly telegram: Pick<Telegram, 'bot' | 'connection' | 'emulator'>
  readonly models: Pick<Ai, 'describe'>
  readonly board: PluginBoard
  readonly health: Pick<Health, 'report'>
  readonly mask: SecretMask
  readonly findings: Pick<Findings, 'now'>
}

/** Describes what runs at the moment of the call. */
export function createOverview(sources: OverviewSources): () => Promise<Overview> {
  const { settings, home, url, telegram, models, board, mask } = sources
  const startedAt = new Date().toISOString()
  return async () => {
    const [plugins, report, model] = await Promise.all([
      readPluginStates(board, mask),
      sources.health.report(),
      withinTime(models.describe(), MODEL_MS, () => ({ id: settings.ai.model, isDemo: false })),
    ])
    const bot = telegram.emulator ? undefined : telegram.bot()?.username
    return overviewSchema.parse({
      name: settings.assistant.name,
      version: readVersion(),
      pid: process.pid,
      startedAt,
      home,
      url: url(),
      ...(bot !== undefined && { bot }),
      isPlayground: telegram.emulator !== undefined,
      connection: mask.apply(telegram.connection()),
      model: mask.deep(model),
      plugins: plugins
        .filter(({ state, origin }) => state !== 'off' && origin !== 'built-in')
        .map(({ name, state, problem }) => ({ name, state, ...(problem && { problem: problem.message }) })),
      isReady: report.status === 'ready',
      problems: sources.findings.now.length,
      summary: mask.apply(report.summary),
      troubles: mask.deep(troublesIn(report)),
    })
  }
}

function troublesIn({ components }: HealthReport): Overview['troubles'] {
  return Object.entries(components)
    .filter(([, { status }]) => status !== 'ok')
    .map(([component, { status, problem, reason, lastError }]) => ({
      component,
      status,
      ...reasonOf(problem?.why ?? reason ?? lastError),
    }))
}

function reasonOf(reason: unknown): { reason?: string } {
  return typeof reason === 'string' ? { reason } : {}
}
