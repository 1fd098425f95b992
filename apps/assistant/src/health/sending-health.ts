import { inWords } from '@pluggram/observability'
import type { ComponentHealth, HealthProblem } from '@pluggram/observability'
import type { HeldSends, SendFlowStatus, TelegramBotStats } from '@pluggram/telegram'

export interface Sends {
  readonly flow: SendFlowStatus
  readonly stats: TelegramBotStats
  readonly held: HeldSends
  /** Messages that wait in the outbox. */
  readonly unsent: number
  /** For how long none of them has gone, in milliseconds. */
  readonly stalledMs: number
}

/** Sends that have failed or hung for this long are more than one lost connection. */
const FAILING_MS = 8_000
/** No send takes this long without an error, or a reason to wait. */
const STALLED_MS = 60_000
/** Shorter waits for Telegram's limits are everyday. */
const HELD_MS = 3_000

/** Whether replies leave. */
export function sendingHealth(sends: Sends): ComponentHealth {
  const { flow, stats, unsent } = sends
  const trouble = troubleOf(sends)
  return {
    status: trouble?.status ?? 'ok',
    ...(trouble && { problem: { id: 'flow.sending', ...trouble.problem } }),
    unsent,
    ...(flow.lastSentAt && { lastSentAt: flow.lastSentAt.toISOString() }),
    ...(flow.lastError !== undefined && { lastError: flow.lastError }),
    ...stats,
  }
}

/** True when nothing but this program keeps the messages from going; only a restart helps then. */
export function isSenderStuck({ flow, held, stalledMs }: Sends): boolean {
  const isOurs = flow.failingMs === 0 && flow.underWay === 0 && held.count === 0
  return isOurs && stalledMs > STALLED_MS
}

interface Trouble {
  readonly status: 'degraded' | 'failed'
  readonly problem: Omit<HealthProblem, 'id'>
}

function troubleOf(sends: Sends): Trouble | undefined {
  const { flow, stats, held, unsent, stalledMs } = sends
  const waiting = `${unsent} ${unsent === 1 ? 'message waits' : 'messages wait'}`
  const failed = (why: string, fix: string): Trouble => ({
    status: 'failed',
    problem: { headline: 'Not sending', what: 'No messages are sent.', why, fix },
  })
  if (stats.isTokenRefused) {
    return failed(
      'Telegram refuses the bot token.',
      'Set TELEGRAM_BOT_TOKEN to the current one (@BotFather shows it); saved in .env, it counts at once. Messages wait on disk.',
    )
  }
  if (unsent === 0) return undefined
  if (flow.failingMs > FAILING_MS) {
    const error = flow.lastError === undefined ? '' : ` (${flow.lastError})`
    return failed(
      `Telegram has accepted no message for ${inWords(flow.failingMs)}${error}.`,
      `Retrying; ${waiting} on disk. If it lasts, check the connection of this machine.`,
    )
  }
  if (isSenderStuck(sends)) {
    return failed(
      `${waiting}, and none has been sent for ${inWords(stalledMs)}.`,
      'Run "pluggram restart": it sends them. Please report this with the log.',
    )
  }
  if (held.wholeBotMs < HELD_MS) return undefined
  return {
    status: 'degraded',
    problem: {
      headline: 'Sending late',
      what: 'Messages are sent late.',
      why: `Telegram asked to slow down; ${waiting} for ${inWords(held.wholeBotMs)}.`,
      fix: 'They go by themselves.',
    },
  }
}
