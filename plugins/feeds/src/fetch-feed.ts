import { isPluggramError } from '@pluggram/sdk'
import type { HttpService } from '@pluggram/sdk'
import { FeedError } from './feed-error.ts'
import type { Feed } from './parse-feed.ts'
import { findFeedOfPage, readFeed } from './read-safely.ts'
import { TEXTS } from './texts.ts'

/** The server's version headers, sent back so that it only answers with a newer version. */
export interface Validators {
  readonly etag?: string | undefined
  readonly lastModified?: string | undefined
}

export type FetchedFeed =
  | { readonly isChanged: false }
  | { readonly isChanged: true; readonly url: string; readonly feed: Feed; readonly validators: Validators }

const MAX_BYTES = 4 * 1_048_576
const SECONDS = 20

/**
 * Fetches a feed, unless the server says that it has not changed.
 * @throws FeedError
 */
export async function fetchFeed(
  http: HttpService,
  url: string,
  { signal, validators = {} }: { readonly signal: AbortSignal; readonly validators?: Validators },
): Promise<FetchedFeed> {
  const { text, response } = await fetchText(http, url, signal, validators)
  if (response.status === 304) return { isChanged: false }
  return { isChanged: true, url, feed: await readFeed(text, url, signal), validators: validatorsOf(response) }
}

/**
 * Finds the feed for an address: the address itself, or the feed that its page names.
 * @throws FeedError
 */
export async function discoverFeed(
  http: HttpService,
  url: string,
  signal: AbortSignal,
): Promise<Extract<FetchedFeed, { isChanged: true }>> {
  const { text, response } = await fetchText(http, url, signal, {})
  const isPage =
    /\bhtml\b/i.test(response.headers.get('content-type') ?? '') || /^\s*<(?:!doctype html|html)/i.test(text)
  const named = isPage ? await findFeedOfPage(text, response.url || url, signal) : undefined
  if (named === undefined) {
    return {
      isChanged: true,
      url,
      feed: await readFeed(text, url, signal),
      validators: validatorsOf(response),
    }
  }
  const found = await fetchFeed(http, named, { signal })
  if (!found.isChanged) throw new FeedError(TEXTS.noFeedFound)
  return found
}

async function fetchText(
  http: HttpService,
  url: string,
  signal: AbortSignal,
  { etag, lastModified }: Validators,
): Promise<{ text: string; response: Response }> {
  const { hostname } = new URL(url)
  const timeout = AbortSignal.timeout(SECONDS * 1_000)
  let response: Response
  try {
    response = await http.fetch(url, {
      headers: {
        accept:
          'application/atom+xml, application/rss+xml, application/feed+json, application/xml;q=0.9, */*;q=0.5',
        'user-agent': 'Pluggram (feeds)',
        ...(etag !== undefined && { 'if-none-match': etag }),
        ...(lastModified !== undefined && { 'if-modified-since': lastModified }),
      },
      signal: AbortSignal.any([signal, timeout]),
    })
  } catch (error) {
    if (signal.aborted) throw error
    if (timeout.aborted) throw new FeedError(TEXTS.didNotAnswerTime(hostname))
    if (!isPluggramError(error)) throw error
    const isForbidden = error.code === 'permission-missing'
    throw new FeedError(isForbidden ? TEXTS.notPublic(hostname) : TEXTS.isntResponding(hostname), {
      cause: error,
    })
  }
  if (response.status === 304) return { text: '', response }
  if (!response.ok) throw new FeedError(TEXTS.answeredStatus(hostname, response.status))
  const bytes = await response.arrayBuffer()
  if (bytes.byteLength > MAX_BYTES) throw new FeedError(TEXTS.feedTooLarge)
  return { text: decode(bytes, response), response }
}

/** Decodes by the header, else by the XML declaration, else as UTF-8. */
function decode(bytes: ArrayBuffer, response: Response): string {
  const head = new TextDecoder('latin1').decode(bytes.slice(0, 200))
  const label =
    /charset\s*=\s*["']?([\w-]+)/i.exec(response.headers.get('content-type') ?? '')?.[1] ??
    /^\s*<\?xml[^>]*encoding\s*=\s*["']([\w-]+)/i.exec(head)?.[1]
  try {
    return new TextDecoder(label ?? 'utf-8').decode(bytes)
  } catch {
    return new TextDecoder().decode(bytes)
  }
}

function validatorsOf({ headers }: Response): Validators {
  const [etag, lastModified] = [headers.get('etag'), headers.get('last-modified')]
  return { ...(etag !== null && { etag }), ...(lastModified !== null && { lastModified }) }
}
