import type { Activity, ComponentHealth, HealthCheck } from '@pluggram/observability'
import type { Outbox, Pipeline } from '@pluggram/pipeline'
import type { TelegramBot, UpdateSource } from '@pluggram/telegram'
import { isDeaf, receivingHealth } from './receiving-health.ts'
import { isSenderStuck, sendingHealth } from './sending-health.ts'
import type { Sends } from './sending-health.ts'

function pipelineHealth(pipeline: Pipeline): ComponentHealth {
  const stats = pipeline.stats()
  if (!pipeline.isFull()) return { status: 'ok', ...stats }
  return {
    status: 'degraded',
    problem: {
      id: 'flow.overloaded',
      headline: 'Overloaded',
      what: 'More messages arrive than can be worked on.',
      why: `${stats.pending} messages wait for their turn.`,
      fix: 'Telegram keeps the rest. "pluggram journey slowest" shows what takes long.',
    },
    ...stats,
  }
}

interface Flows {
  readonly isPlayground: boolean
  readonly source: UpdateSource
  readonly bot: TelegramBot
  readonly pipeline: Pipeline
  readonly outbox: Outbox
}

export interface TelegramFlows {
  /** Whether messages flow in, through and out. */
  readonly flows: readonly HealthCheck[]
  /** Nothing outside keeps it from working, so only a restart can help. */
  isStuck(): boolean
  activity(): Omit<Activity, 'startedAt'>
}

/** Watches the messages that flow in, through and out. */
export function watchFlows({ isPlayground, source, bot, pipeline, outbox }: Flows): TelegramFlows {
  const sends = (): Sends => ({
    flow: bot.flow(),
    stats: bot.stats(),
    held: bot.held(),
    unsent: outbox.size,
    stalledMs: outbox.stalledMs,
  })
  const flows: readonly HealthCheck[] = [
    {
      name: 'receiving',
      check: () => ({ ...receivingHealth(source.status()), mode: isPlayground ? 'playground' : 'telegram' }),
    },
    { name: 'sending', check: () => sendingHealth(sends()) },
    { name: 'pipeline', check: () => pipelineHealth(pipeline) },
  ]
  return {
    flows,
    isStuck: () => isSenderStuck(sends()) || (!pipeline.isFull() && isDeaf(source.status())),
    activity: () => ({ lastMessageAt: source.status().lastUpdateAt, lastAnswerAt: bot.flow().lastSentAt }),
  }
}
