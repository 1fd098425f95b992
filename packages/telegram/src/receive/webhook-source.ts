import { wait, withinTime } from '@pluggram/base'
import type { Repetition } from '@pluggram/base'
import { DeliveryError } from '@pluggram/sdk'
import type { WebhookInfo } from 'grammy/types'
import { toGrammySignal } from '../api/api.ts'
import { Backlog } from './backlog.ts'
import type { BotIdentity } from './identify-bot.ts'
import { readUpdate } from './normalise-update.ts'
import { createTrouble, identifyWithRetries, keepReceiving, StatusTracker } from './source.ts'
import type { SourceOptions, Trouble, UpdateSource } from './source.ts'
import { ALLOWED_UPDATES } from './update-kinds.ts'
import { WebhookSecrets } from './webhook-secret.ts'
import type { HeaderValue } from './webhook-secret.ts'

export interface WebhookSourceOptions extends SourceOptions {
  /** The full public address, including `/telegram/webhook`. */
  readonly url: string
  /** The value that Telegram sends in `X-Telegram-Bot-Api-Secret-Token`. */
  readonly secret: string
  /**
   * How often to check that the webhook is still set, and that what waits at Telegram arrives, in
   * milliseconds: usually, and while something waits. Default a minute and 5 s.
   */
  readonly checkMilliseconds?: readonly [usually: number, whileWaiting: number]
}

export interface WebhookSource extends UpdateSource {
  /**
   * Accepts one delivered update; answer 200 when it resolves. `ignored` updates are of a kind that
   * no plugin handles. When it rejects, answer 500, and Telegram delivers the update again.
   */
  accept(update: unknown): Promise<'accepted' | 'ignored'>
  /** Tells Telegram another secret. The old one counts until Telegram has it, and a minute longer. */
  renewSecret(secret: string): void
  /** Whether the request comes from Telegram. Call it before reading the body. */
  checkSecret(header: HeaderValue): boolean
}

/**
 * How long a delivery waits for the bot's identity before it fails, so that Telegram retries it.
 */
const IDENTITY_WAIT_MILLISECONDS = 5000
/**
 * Telegram's default (Bot API: setWebhook). It is enough for updates to share commits. With 100,
 * more updates ran at the same time, and each cost a fifth more.
 */
const MAX_CONNECTIONS = 40
const OPTIONS = { allowed_updates: ALLOWED_UPDATES, max_connections: MAX_CONNECTIONS }

/**
 * A webhook: identify the bot → set the webhook, with retries → check regularly that it is still
 * set. Another program with this token may have removed it. Pending updates are kept, and the
 * webhook stays set after `stop`, so that none is lost while the assistant is down.
 * @throws PluggramError `config-invalid` when Telegram would reject the secret
 */
export function createWebhookSource(options: WebhookSourceOptions): WebhookSource {
  const { api, url, onUpdates, logger } = options
  const secrets = new WebhookSecrets(options.secret)
  const tracker = new StatusTracker()
  const trouble = createTrouble({ ...options, tracker })
  const stopping = new AbortController()
  const { signal } = stopping
  const identity = Promise.withResolvers<BotIdentity>()
  // When the source stops, nothing may be awaiting this promise.
  identity.promise.catch(() => undefined)
  let known: BotIdentity | undefined
  let accepting = 0
  const idle = Promise.withResolvers<void>()
  let running: Repetition | undefined

  async function run(): Promise<void> {
    known = await identifyWithRetries(options, { tracker, trouble }, signal)
    identity.resolve(known)
    await tell()
    trouble.over('receiving')
    const backlog = new Backlog(tracker, options.checkMilliseconds)
    for (;;) {
      await wait(backlog.nextMs, signal)
      const info = await persistently('getWebhookInfo', look, trouble, signal)
      judge(info, { backlog, tracker, trouble })
      if (info.url === url) continue
      logger.warn(
        'another program removed or replaced the webhook; setting it again; use one bot token for each program',
      )
      await tell()
    }
  }

  const look = (): Promise<WebhookInfo> => api.getWebhookInfo(toGrammySignal(signal))

  const set = (): Promise<unknown> =>
    api.setWebhook(url, { secret_token: secrets.current, ...OPTIONS }, toGrammySignal(signal))
  const tell = (): Promise<unknown> => persistently('setWebhook', set, trouble, signal)

  async function accept(update: unknown): Promise<'accepted' | 'ignored'> {
    if (signal.aborted) throw notNow('The assistant is stopping')
    const bot = known ?? (await withinLimit(identity.promise))
    tracker.lastPollAt = new Date()
    const normalised = readUpdate(update, bot, options)
    if (!normalised) return 'ignored'
    options.noteActivity?.(normalised.chat.id)
    accepting += 1
    try {
      await onUpdates([normalised])
      tracker.lastUpdateAt = new Date()
      if (tracker.state === 'withheld') trouble.over('receiving')
    } finally {
      accepting -= 1
      if (accepting === 0 && signal.aborted) idle.resolve()
    }
    return 'accepted'
  }

  return {
    start(): void {
      running ??= keepReceiving(run, { ...options, tracker, signal })
    },
    async stop(): Promise<void> {
      stopping.abort()
      await running?.stop()
      identity.reject(notNow('The assistant is stopping'))
      if (accepting > 0) await idle.promise
      tracker.enter('stopped')
    },
    tokenRenewed(): void {
      trouble.tokenRenewed()
      // with the old token another program may have removed it; before the bot is known, `run` sets it
      if (known) tell().catch(() => undefined)
    },
    status: () => tracker.status(),
    accept,
    renewSecret: (next) => void secrets.renew(next, tell, signal),
    checkSecret: secrets.check,
  }
}

/** Notes whether what waits at Telegram is delivered. */
function judge(
  info: WebhookInfo,
  { backlog, tracker, trouble }: { backlog: Backlog; tracker: StatusTracker; trouble: Trouble },
): void {
  const verdict = backlog.judge(info.pending_update_count, true)
  if (verdict === 'stuck') trouble.note('withheld', undelivered(info))
  // that Telegram answers says nothing of deliveries that fail
  else if (verdict === 'moving' || tracker.state !== 'withheld') trouble.over('receiving')
}

/** Retries a call until it succeeds or `signal` is aborted. */
async function persistently<T>(
  method: string,
  call: () => Promise<T>,
  trouble: Trouble,
  signal: AbortSignal,
): Promise<T> {
  for (;;) {
    try {
      return await call()
    } catch (error) {
      await trouble.sit(error, method, signal)
    }
  }
}

function undelivered({ pending_update_count: waiting, last_error_message: words }: WebhookInfo): string {
  const said = words === undefined ? '' : ` It says: ${words}.`
  return `Telegram cannot deliver ${waiting} updates to the webhook.${said}`
}

function withinLimit(identity: Promise<BotIdentity>): Promise<BotIdentity> {
  return withinTime(identity, IDENTITY_WAIT_MILLISECONDS, () => {
    throw notNow('The bot is not known yet')
  })
}

function notNow(reason: string): DeliveryError {
  return new DeliveryError('delivery-failed', `${reason}; Telegram delivers this update again`, {
    isRetryable: true,
  })
}
