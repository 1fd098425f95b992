import { isPluggramError } from '@pluggram/sdk'
import type { HttpService } from '@pluggram/sdk'
import { PageError } from './page-url.ts'
import { TEXTS } from './texts.ts'

/** A fetched page, decoded. */
export interface FetchedPage {
  /** The final address, after redirects. */
  readonly url: string
  readonly isHtml: boolean
  readonly text: string
}

export interface FetchLimits {
  readonly seconds: number
  readonly bytes: number
  readonly signal: AbortSignal
}

const HTML = /^(?:text\/html|application\/xhtml\+xml)$/
const PLAIN = /^(?:text\/[\w.+-]+|application\/(?:json|xml|[\w.+-]+\+(?:json|xml)))$/

/**
 * Fetches a text page. The http service refuses addresses inside the owner's network, even if a
 * redirect or a name leads there.
 * @throws PageError
 */
export async function fetchPage(http: HttpService, url: URL, limits: FetchLimits): Promise<FetchedPage> {
  const host = url.hostname
  const timeout = AbortSignal.timeout(limits.seconds * 1_000)
  let response: Response
  try {
    response = await http.fetch(url, {
      headers: {
        accept: 'text/html, application/xhtml+xml, text/plain;q=0.9, application/json;q=0.5',
        'user-agent': 'Pluggram (web_page)',
      },
      signal: AbortSignal.any([limits.signal, timeout]),
    })
  } catch (error) {
    if (timeout.aborted && !limits.signal.aborted) {
      throw new PageError(TEXTS.didNotAnswerWithin(host, limits.seconds))
    }
    throw describe(error, host)
  }
  if (!response.ok) throw new PageError(TEXTS.answeredStatus(host, response.status))
  const [type = '', ...parameters] = (response.headers.get('content-type') ?? 'text/html').split(';')
  const mediaType = type.trim().toLowerCase()
  const isHtml = HTML.test(mediaType)
  if (!isHtml && !PLAIN.test(mediaType)) {
    throw new PageError(TEXTS.notWebPage(mediaType.slice(0, 60)))
  }
  const bytes = new Uint8Array(await response.arrayBuffer())
  if (bytes.byteLength > limits.bytes) {
    throw new PageError(TEXTS.tooLarge(Math.round(limits.bytes / 1_024)))
  }
  return { url: response.url || url.href, isHtml, text: decode(bytes, parameters.join(';'), isHtml) }
}

function describe(error: unknown, host: string): unknown {
  if (!isPluggramError(error)) return error
  if (error.code === 'permission-missing') {
    return new PageError(TEXTS.notPublic(host), { cause: error })
  }
  if (error.code === 'network-failed') return new PageError(TEXTS.isntResponding(host), { cause: error })
  return error
}

/** Decodes by the header's charset, else by the page's own, else as UTF-8. */
function decode(bytes: Uint8Array, parameters: string, isHtml: boolean): string {
  const head = isHtml ? new TextDecoder('latin1').decode(bytes.subarray(0, 2_048)) : ''
  const named = /charset\s*=\s*["']?([\w-]+)/i
  const label = named.exec(parameters)?.[1] ?? named.exec(head)?.[1] ?? 'utf-8'
  try {
    return new TextDecoder(label).decode(bytes)
  } catch {
    return new TextDecoder().decode(bytes)
  }
}
