import type { TelegramUpdate } from '@gramio/types'

export interface UpdatePost {
  readonly url: string
  readonly secretToken: string | undefined
  readonly update: TelegramUpdate
  readonly timeoutMs: number
  readonly signal: AbortSignal
}

export interface UpdatePostOutcome {
  /** Why the delivery failed, in Telegram's words. */
  readonly error?: string
  /** A method call in the webhook's response. */
  readonly reply?: Record<string, unknown>
}

/** Limit of a webhook's response; a method call is never larger. */
const MAX_REPLY_BYTES = 1024 * 1024

/** Posts one update to a webhook. Never throws; failures are returned as outcomes. */
export async function postUpdate(post: UpdatePost): Promise<UpdatePostOutcome> {
  try {
    const response = await fetch(post.url, {
      method: 'POST',
      headers: {
        'content-type': 'application/json',
        ...(post.secretToken !== undefined && { 'x-telegram-bot-api-secret-token': post.secretToken }),
      },
      body: JSON.stringify(post.update),
      // Telegram does not follow redirects either
      redirect: 'manual',
      signal: AbortSignal.any([post.signal, AbortSignal.timeout(post.timeoutMs)]),
    })
    const body = await readLimited(response)
    if (!response.ok) {
      return { error: `Wrong response from the webhook: ${response.status} ${response.statusText}`.trim() }
    }
    const reply = parseReply(response.headers.get('content-type') ?? '', body)
    return reply ? { reply } : {}
  } catch (error) {
    return { error: describe(error) }
  }
}

async function readLimited(response: Response): Promise<string> {
  const chunks: Uint8Array[] = []
  let size = 0
  for await (const chunk of response.body ?? []) {
    size += chunk.byteLength
    if (size > MAX_REPLY_BYTES) return ''
    chunks.push(chunk)
  }
  return Buffer.concat(chunks).toString('utf8')
}

function parseReply(contentType: string, body: string): Record<string, unknown> | undefined {
  if (body === '') return undefined
  if (contentType.startsWith('application/x-www-form-urlencoded')) {
    const fields = Object.fromEntries(new URLSearchParams(body))
    return 'method' in fields ? fields : undefined
  }
  if (!contentType.startsWith('application/json')) return undefined
  try {
    const value: unknown = JSON.parse(body)
    const isCall = typeof value === 'object' && value !== null && 'method' in value
    return isCall ? { ...value } : undefined
  } catch {
    return undefined
  }
}

function describe(error: unknown): string {
  const cause = error instanceof Error && error.cause instanceof Error ? error.cause : error
  const code = cause instanceof Error && 'code' in cause ? String(cause.code) : ''
  if (code === 'ECONNREFUSED') return 'Connection refused'
  if (code === 'ENOTFOUND' || code === 'EAI_AGAIN') return 'Failed to resolve host'
  if (error instanceof DOMException && error.name === 'TimeoutError') return 'Read timeout expired'
  return code === '' ? 'Connection failed' : `Connection failed: ${code}`
}
