import { inWords } from '@pluggram/observability'
import type { ComponentHealth, HealthProblem } from '@pluggram/observability'
import type { SourceStatus } from '@pluggram/telegram'

type Words = Pick<HealthProblem, 'why' | 'fix'>

/** Why nothing arrives in each state of a source, and what helps. */
const WORDS: Partial<Record<SourceStatus['state'], (status: SourceStatus) => Words>> = {
  unreachable: (status) => ({
    why: silence(status),
    fix: 'Retrying on a new connection. If it lasts, check the connection of this machine, and the proxy if there is one.',
  }),
  slow: ({ lastError = '' }) => ({
    why: lastError,
    fix: 'Messages still arrive, but late. Check the connection of this machine, and the proxy if there is one.',
  }),
  withheld: ({ lastError = '' }) => ({
    why: lastError,
    fix: 'Retrying. With a webhook, check that Telegram can reach its address.',
  }),
  conflict: () => ({
    why: 'another program receives the messages of this bot.',
    fix: 'Stop it, or give this assistant a bot of its own (@BotFather makes one).',
  }),
  unauthorized: () => ({
    why: 'Telegram does not know the bot token.',
    fix: 'Set TELEGRAM_BOT_TOKEN to the current one (@BotFather shows it); saved in .env, it counts at once.',
  }),
  refused: ({ lastError = '' }) => ({
    why: `${lastError.replace(/\.$/, '')}.`,
    fix: 'Check "telegram.webhook" in config.json.',
  }),
}

/** No poll takes this long. */
const DEAF_MS = 120_000

/** Whether messages arrive. */
export function receivingHealth(status: SourceStatus): ComponentHealth {
  const { isReady, state, since, lastError, lastPollAt, lastUpdateAt, waitingAtTelegram, bot } = status
  const words = WORDS[state]?.(status)
  return {
    status: isReady ? 'ok' : words ? 'failed' : 'starting',
    source: state,
    since: since.toISOString(),
    ...(words && {
      problem: {
        id: 'flow.receiving',
        headline: state === 'slow' ? 'Receiving late' : 'Not receiving',
        what: state === 'slow' ? 'Messages arrive late.' : 'No messages are received.',
        ...words,
      },
    }),
    ...(bot && { bot: bot.username }),
    ...(lastPollAt && { lastPollAt: lastPollAt.toISOString() }),
    ...(lastUpdateAt && { lastUpdateAt: lastUpdateAt.toISOString() }),
    ...(waitingAtTelegram !== undefined && { waitingAtTelegram }),
    ...(lastError !== undefined && { lastError }),
  }
}

/** Polls are said to be held, and none has ended for far longer than they are. */
export function isDeaf({ state, since, lastPollAt }: SourceStatus): boolean {
  return state === 'polling' && Date.now() - (lastPollAt ?? since).getTime() > DEAF_MS
}

function silence({ lastPollAt, since, lastError = '' }: SourceStatus): string {
  const length = inWords(Date.now() - (lastPollAt ?? since).getTime())
  // without any answer there is nothing to add
  if (lastError.endsWith('in time')) return `Telegram has not answered for ${length}.`
  return `Telegram has given no usable answer for ${length} (${lastError}).`
}
