import { isPluggramError } from '@pluggram/sdk'
import type { HttpService } from '@pluggram/sdk'
import { ApiError } from './api-error.ts'
import type { AuthConfig } from './configuration.ts'
import { TEXTS } from './texts.ts'

/** A request that is ready to be sent. */
export interface ApiRequest {
  readonly url: URL
  readonly method: string
  readonly headers: Readonly<Record<string, string>>
  readonly body?: string
  readonly auth?: AuthConfig | undefined
}

export interface ApiAnswer {
  readonly status: number
  /** Parsed data if the answer is JSON, else its text. */
  readonly content: unknown
  /** It is HTML. */
  readonly isPage: boolean
}

export interface SendOptions {
  /** The service's name for users. */
  readonly name: string
  readonly seconds: number
  readonly signal: AbortSignal
  /** The message for a status, instead of its number. */
  readonly errors: Readonly<Record<string, string>>
}

const MAX_BYTES = 1_048_576
const MAX_LOGGED = 300

/**
 * Sends a request and reads the answer. Redirects are not followed: a secret goes only to the host
 * that the owner configured.
 * @throws ApiError
 */
export async function sendRequest(
  http: HttpService,
  request: ApiRequest,
  options: SendOptions,
): Promise<ApiAnswer> {
  const { name, signal } = options
  const timeout = AbortSignal.timeout(options.seconds * 1_000)
  const { url, headers } = withAuth(request)
  let response: Response
  try {
    response = await http.fetch(url, {
      method: request.method,
      headers,
      redirect: 'manual',
      signal: AbortSignal.any([signal, timeout]),
      ...(request.body !== undefined && { body: request.body }),
    })
  } catch (error) {
    if (signal.aborted) throw error
    if (timeout.aborted) throw new ApiError(TEXTS.didNotAnswerTime(name), { seconds: options.seconds })
    // the text of another error may contain the address, and with it a secret
    throw new ApiError(TEXTS.isntResponding(name), isPluggramError(error) ? { reason: error.message } : {})
  }
  const bytes = await response.arrayBuffer()
  if (bytes.byteLength > MAX_BYTES)
    throw new ApiError(TEXTS.responseTooLong(name), { bytes: bytes.byteLength })
  const text = new TextDecoder().decode(bytes)
  if (!response.ok) {
    const said = options.errors[String(response.status)] ?? TEXTS.answeredStatus(name, response.status)
    throw new ApiError(said, { status: response.status, answer: text.slice(0, MAX_LOGGED) })
  }
  const isPage = /^\s*(?:text\/html|application\/xhtml\+xml)\b/i.test(
    response.headers.get('content-type') ?? '',
  )
  return { status: response.status, content: parseContent(text, response, name), isPage }
}

function parseContent(text: string, response: Response, name: string): unknown {
  const isJson = /[/+]json\b/i.test(response.headers.get('content-type') ?? '') || /^\s*[[{]/.test(text)
  if (!isJson || text.trim() === '') return text
  try {
    return JSON.parse(text) as unknown
  } catch {
    throw new ApiError(TEXTS.couldNotReadResponse(name), { answer: text.slice(0, MAX_LOGGED) })
  }
}

function withAuth({ url, headers, auth }: ApiRequest): { url: URL; headers: Headers } {
  const target = new URL(url)
  const all = new Headers({ accept: 'application/json' })
  for (const [name, value] of Object.entries(headers)) all.set(name, headerValue(value))
  if (auth?.type === 'bearer') all.set('authorization', `Bearer ${headerValue(auth.token)}`)
  if (auth?.type === 'header') all.set(auth.name, headerValue(auth.value))
  if (auth?.type === 'query') target.searchParams.set(auth.name, auth.value)
  if (auth?.type === 'basic') {
    const pair = Buffer.from(`${auth.username}:${auth.password}`).toString('base64')
    all.set('authorization', `Basic ${pair}`)
  }
  return { url: target, headers: all }
}

/** A header is one line of Latin letters. All other characters are encoded. */
function headerValue(text: string): string {
  return text.replaceAll(/[^\t\u0020-\u007E]/g, (character) => encodeURIComponent(character.toWellFormed()))
}
