import { proxyFailure } from '@pluggram/base'
import { AiError, isPluggramError } from '@pluggram/sdk'
import { isFields } from './compatible/clean-chunk.ts'
import { providerWords } from './compatible/provider-words.ts'
import type { Selection } from './selection.ts'
import { aiSdk } from './ai-sdk.ts'

/**
 * The details of a failed call that are safe to show. A provider's message or body may contain a
 * key or a prompt.
 */
interface Failure {
  readonly status?: number
  /** For example `insufficient_quota`. */
  readonly code?: string
  readonly isNetwork: boolean
  /** True when the conversation exceeds the model's context. */
  readonly isTooLong: boolean
  readonly retryAfterMs?: number
  /** The provider's own words, for the log only. */
  readonly words: string
}

/**
 * Converts an error of the AI SDK to an `AiError`: one line with the next step and no secrets. The
 * cause is omitted on purpose.
 */
export function toAiError(error: unknown, selection: Selection | undefined): AiError {
  if (error instanceof AiError) return error
  if (isPluggramError(error)) return new AiError('ai-unavailable', error.message)
  if (!selection) return new AiError('ai-unavailable', 'The language model failed. See the log.')
  const failure = readFailure(error)
  const { label, model, server } = selection
  const who = upperFirst(label)
  const what = [failure.status && `HTTP ${failure.status}`, failure.code].filter(Boolean).join(', ')
  const detail = what && ` (${what})`

  const proxy = proxyFailure(error)
  if (proxy !== undefined) {
    return new AiError('ai-unavailable', `${who} cannot be reached: ${proxy}.`, { isRetryable: true })
  }
  if (failure.isNetwork) {
    return new AiError(
      'ai-unavailable',
      `${who} cannot be reached${server && !label.includes(server.baseUrl) ? ` at ${server.baseUrl}` : ''}. Check that it runs and that this machine may connect to it.`,
      { isRetryable: true },
    )
  }
  if (isAboutFiles(failure)) {
    return new AiError(
      'ai-file-refused',
      `${who} refused a picture or a file${detail}. Send it in another format, or choose another model.`,
    )
  }
  const problem = setupProblem(failure, { who, detail, selection })
  if (problem !== undefined) return new AiError('ai-misconfigured', problem)
  if (failure.status === 429) {
    return new AiError(
      'ai-overloaded',
      `${who} takes no more requests for now${detail}. Try again in a moment.`,
      { isRetryable: true },
    )
  }
  if (failure.isTooLong) {
    return new AiError(
      'ai-too-long',
      `The conversation is too long for ${model}${detail}. Start a new one with /new.`,
    )
  }
  if (
    failure.status !== undefined &&
    failure.status >= 400 &&
    failure.status < 500 &&
    failure.status !== 408
  ) {
    return new AiError(
      'ai-refused',
      `${who} refused the request${detail}. Try other words, or another model.`,
    )
  }
  return new AiError('ai-unavailable', `${who} answered with a fault${detail}. Try again in a moment.`, {
    isRetryable: true,
  })
}

/** Some servers say with 404 or 500 that a model takes no pictures. */
function isAboutFiles({ status = 0, words }: Failure): boolean {
  if (status < 400 || status === 401 || status === 429) return false
  return (
    /\b(?:images?|image_url|image_input|vision|multi-?modal|mmproj|pictures?|pdfs?|file_data)\b/i.test(
      words,
    ) && !/model.{0,40}(?:not found|not exist)/i.test(words)
  )
}

/** What the owner has to correct, if that is the cause. */
function setupProblem(
  { status = 0, code = '', words }: Failure,
  {
    who,
    detail,
    selection,
  }: { readonly who: string; readonly detail: string; readonly selection: Selection },
): string | undefined {
  const { model, server } = selection
  // a refusal of these words is no matter of the set-up
  if (status === 403 && /flagged|moderat/i.test(words)) return undefined
  if (
    status === 451 ||
    isAboutCountry(code) ||
    (status === 403 && isAboutCountry(words)) ||
    /user location is not supported/i.test(words)
  )
    return `${who} does not serve the country that this machine is in${detail}. Choose another provider, or set HTTPS_PROXY to a proxy elsewhere.`
  if (status === 402 || isQuota(code))
    return `${who} says the account has no credit left${detail}. Check its billing page.`
  if (status === 401 || status === 403 || /api_?key|authenti|permission/i.test(code)) {
    return `${who} refuses the key${detail}. Correct ${server?.keySource ?? 'the key'} and start the assistant again.`
  }
  if (status === 404 && /no endpoints|data policy|privacy|guardrail/i.test(words)) {
    return `${who} has no server for the model ${model} that this request and the account's settings allow${detail}. See the provider's words in the log, or name another model.`
  }
  const isUnknown =
    status === 400 && /\bmodel\b.{0,60}(not exist|not found|is unknown)|unknown model/i.test(words)
  if (isUnknown || status === 404 || /model_not_found|not_found/i.test(code)) {
    return `${who} does not know the model ${model}${detail}. Name another one in config.json: ai.model = "provider:model".`
  }
  return status >= 300 && status < 400
    ? `${who} sends requests elsewhere${detail}, where no key may follow. Write the address it leads to into config.json.`
    : undefined
}

/**
 * Whether another model may succeed: not if the request itself was refused or a budget is used up.
 */
export function mayAnotherModelHelp(error: unknown): boolean {
  if (!(error instanceof AiError)) return true
  return (
    error.code === 'ai-too-long' ||
    error.code === 'ai-file-refused' ||
    error.code === 'ai-unavailable' ||
    error.code === 'ai-overloaded' ||
    error.code === 'ai-empty' ||
    error.code === 'ai-timeout' ||
    error.code === 'ai-misconfigured' ||
    error.code === 'ai-unowned'
  )
}

/**
 * True when the server is unreachable, broken, or no longer has the model: time to look for another
 * one.
 */
export function isServerGone(error: unknown): boolean {
  const { status, isNetwork } = readFailure(error)
  return isNetwork || status === 404 || (status !== undefined && status >= 500)
}

/** The provider's own words about a failure: one short line for the log, without secrets. */
export function wordsOf(error: unknown): string {
  return readFailure(error).words
}

/** The delay that the provider asks for, if any. */
export function retryAfterMs(error: unknown): number | undefined {
  return readFailure(error).retryAfterMs
}

function readFailure(thrown: unknown): Failure {
  const error = aiSdk().RetryError.isInstance(thrown) ? thrown.lastError : thrown
  if (aiSdk().APICallError.isInstance(error)) {
    const status = error.statusCode
    const code = findCode(error.data) ?? findCode(parseJson(error.responseBody))
    const wait = readRetryAfter(error.responseHeaders)
    return {
      // some servers answer 200 and then fail mid-stream; that status would only confuse
      ...(status !== undefined && status >= 300 && { status }),
      ...(code !== undefined && { code }),
      ...(wait !== undefined && { retryAfterMs: wait }),
      isNetwork: status === undefined,
      isTooLong: isTooLong(status, code, error.responseBody),
      words: providerWords(error.responseBody),
    }
  }
  if (aiSdk().StreamProviderError.isInstance(error)) {
    const code = asCode(error.code) ?? asCode(error.type)
    return {
      ...(error.statusCode !== undefined && { status: error.statusCode }),
      ...(code !== undefined && { code }),
      isNetwork: false,
      isTooLong: isTooLong(error.statusCode, code, undefined),
      words: providerWords(error.message),
    }
  }
  // an error in the middle of a stream of a compatible server
  if (isFields(error) && !(error instanceof Error)) {
    const { code, type, message } = error
    const status = Number(code) >= 300 && Number(code) < 600 ? Number(code) : undefined
    const name = asCode(code) ?? asCode(type)
    return {
      ...(status !== undefined && { status }),
      ...(name !== undefined && { code: name }),
      isNetwork: false,
      isTooLong: isTooLong(status, name, undefined),
      words: providerWords(typeof message === 'string' ? message : JSON.stringify(error)),
    }
  }
  return { isNetwork: isNetworkError(error), isTooLong: false, words: '' }
}

function isNetworkError(error: unknown): boolean {
  if (!(error instanceof Error)) return false
  const text = `${error.message} ${'code' in error ? String(error.code) : ''}`
  if (/fetch failed|terminated|socket|ECONN|ENOTFOUND|EAI_AGAIN|UND_ERR/i.test(text)) return true
  return error.cause !== undefined && isNetworkError(error.cause)
}

/** Many servers report this in prose only. The prose is searched, but never shown. */
function isTooLong(status: number | undefined, code: string | undefined, body: string | undefined): boolean {
  if (status === 413 || /context_length|too_long|too_large|prompt_too/i.test(code ?? '')) return true
  const words = body?.slice(0, 4_000) ?? ''
  return (
    status === 400 &&
    /context (length|size|window)|prompt is too long|too many (input )?tokens|maximum number of tokens|input token count/i.test(
      words,
    )
  )
}

function isAboutCountry(text: string): boolean {
  return /country|region\b|territory/i.test(text)
}

function isQuota(code: string): boolean {
  return /insufficient_quota|billing|credit/i.test(code)
}

/**
 * The machine-readable code in `{ error: { code, type, status } }`, as OpenAI, Anthropic and Google
 * send it.
 */
function findCode(body: unknown): string | undefined {
  if (typeof body !== 'object' || body === null) return undefined
  const inner: unknown = 'error' in body ? body.error : body
  if (typeof inner !== 'object' || inner === null) return undefined
  for (const key of ['code', 'status', 'type'] as const) {
    const code = key in inner ? asCode((inner as Record<string, unknown>)[key]) : undefined
    if (code !== undefined) return code
  }
  return undefined
}

/** Accepts only short snake_case words, which cannot be a key. */
function asCode(value: unknown): string | undefined {
  return typeof value === 'string' && /^[a-z]+(_[a-z]+){0,6}$/i.test(value) && value.length <= 48
    ? value.toLowerCase()
    : undefined
}

function parseJson(text: string | undefined): unknown {
  try {
    return text === undefined ? undefined : JSON.parse(text)
  } catch {
    return undefined
  }
}

function readRetryAfter(headers: Record<string, string> | undefined): number | undefined {
  const milliseconds = Number.parseFloat(headers?.['retry-after-ms'] ?? '')
  if (milliseconds >= 0) return milliseconds
  const seconds = Number.parseFloat(headers?.['retry-after'] ?? '')
  return seconds >= 0 ? seconds * 1_000 : undefined
}

function upperFirst(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1)
}
