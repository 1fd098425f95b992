import { scrubEvent } from './scrub-event.ts'
import type { SecretMask } from './secret-mask.ts'

export interface SentryOptions {
  /** `SENTRY_DSN`. */
  readonly dsn: string
  /** Applied to everything that is sent. */
  readonly mask: SecretMask
  /** Called once when reports cannot be sent. */
  onProblem(message: string): void
}

/** Sends errors to Sentry. */
export interface SentryReporter {
  /** Never throws or blocks. */
  report(error: unknown, context: Readonly<Record<string, unknown>>): void
  /** Flushes pending reports within this time. */
  close(milliseconds: number): Promise<void>
}

/** Limit per minute. More events would add cost, but no information. */
const EVENTS_PER_MINUTE = 60
const MAX_CONTEXT_CHARACTERS = 4_000
const SEND_TIMEOUT_MS = 5_000
/** Context keys sent as tags. Other values may be people's texts. */
const TAGS = new Set(['plugin', 'outcome', 'effect', 'during'])

/**
 * Creates a reporter. Sentry's code is loaded on the first error, without integrations: no request,
 * user, breadcrumb or variable is collected. Only selected members of an event are sent, and they
 * are masked.
 */
export function createSentryReporter({ dsn, mask, onProblem }: SentryOptions): SentryReporter {
  let client: Promise<Client | undefined> | undefined
  let minute = 0
  let count = 0

  function isTooMany(): boolean {
    const now = Math.floor(Date.now() / 60_000)
    if (now !== minute) count = 0
    minute = now
    count += 1
    return count > EVENTS_PER_MINUTE
  }

  async function open(): Promise<Client | undefined> {
    try {
      return await createClient(dsn, mask, onProblem)
    } catch {
      onProblem('SENTRY_DSN cannot be used: it looks like https://KEY@HOST/PROJECT. Errors are only logged.')
      return undefined
    }
  }

  async function send(error: unknown, context: Readonly<Record<string, unknown>>): Promise<void> {
    const opened = await (client ??= open())
    try {
      opened?.send(error, context)
    } catch {
      // the error is in the log anyway
    }
  }

  return {
    report(error, context) {
      if (!isTooMany()) void send(error, context)
    },
    async close(milliseconds) {
      const opened = await client
      await opened?.close(milliseconds)
    },
  }
}

interface Client {
  send(error: unknown, context: Readonly<Record<string, unknown>>): void
  close(milliseconds: number): Promise<void>
}

async function createClient(
  dsn: string,
  mask: SecretMask,
  onProblem: SentryOptions['onProblem'],
): Promise<Client> {
  const [{ createStackParser, createTransport, Scope }, { nodeStackLineParser, ServerRuntimeClient }] =
    await Promise.all([import('@sentry/core'), import('@sentry/core/server')])
  let hasWarned = false
  const client = new ServerRuntimeClient({
    dsn,
    integrations: [],
    stackParser: createStackParser(nodeStackLineParser()),
    sendClientReports: false,
    transport: (options) =>
      createTransport(options, async ({ body }) => {
        try {
          const response = await fetch(options.url, {
            method: 'POST',
            body: typeof body === 'string' ? body : new Uint8Array(body),
            headers: { ...options.headers },
            signal: AbortSignal.timeout(SEND_TIMEOUT_MS),
          })
          await response.arrayBuffer()
          return { statusCode: response.status }
        } catch (error) {
          if (!hasWarned) onProblem('Sentry does not answer; errors are only logged.')
          hasWarned = true
          throw error
        }
      }),
    beforeSend: (event) => scrubEvent(event, mask),
  })
  if (!client.getDsn()) throw new TypeError('no DSN')
  client.init()
  return {
    send(error, context) {
      const scope = new Scope()
      for (const [key, value] of Object.entries(context)) {
        if (TAGS.has(key)) scope.setTag(key, String(value).slice(0, 200))
        else scope.setExtra(key, plain(value))
      }
      client.captureException(error, undefined, scope)
    },
    async close(milliseconds) {
      await client.close(milliseconds)
    },
  }
}

/** Returns small plain data unchanged, and anything else as truncated text. */
function plain(value: unknown): unknown {
  if (typeof value === 'number' || typeof value === 'boolean') return value
  if (typeof value === 'string') return value.slice(0, MAX_CONTEXT_CHARACTERS)
  try {
    const text = JSON.stringify(value) ?? 'nothing'
    // truncated JSON could not be scrubbed by key
    return text.length <= MAX_CONTEXT_CHARACTERS ? (JSON.parse(text) as unknown) : 'too large to be shown'
  } catch {
    return 'cannot be read'
  }
}
