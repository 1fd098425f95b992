import { createHash } from 'node:crypto'
import { parseFeed as parse } from 'feedsmith'
import { FeedError } from './feed-error.ts'
import { TEXTS } from './texts.ts'
import { shorten, toText } from './to-text.ts'

/** One entry of a feed, cleaned up. */
export interface Entry {
  /** Stable for the same entry; short, and valid in a key. */
  readonly id: string
  readonly title: string
  readonly summary: string
  /** Only http and https. */
  readonly link?: string
}

/** A feed, with its newest entry first, as is usual in feeds. */
export interface Feed {
  readonly title: string
  readonly entries: readonly Entry[]
}

interface RawEntry {
  readonly id?: string | undefined
  readonly title?: string | undefined
  readonly html?: string | undefined
  readonly link?: string | undefined
}

const MAX_ENTRIES = 200
const MAX_TITLE = 200
const MAX_SUMMARY = 400

/**
 * Parses RSS, RDF, Atom or JSON Feed.
 * @throws FeedError if it is none of them
 */
export function parseFeed(text: string, url: string): Feed {
  const { title, entries } = readRaw(text)
  return {
    title: oneLine(title ?? '') || new URL(url).hostname,
    entries: entries.slice(0, MAX_ENTRIES).map((entry) => clean(entry, url)),
  }
}

function readRaw(text: string): { title: string | undefined; entries: RawEntry[] } {
  let parsed: ReturnType<typeof parse>
  try {
    parsed = parse(text)
  } catch (error) {
    throw new FeedError(TEXTS.noFeedFound, { cause: error })
  }
  const { format, feed } = parsed
  switch (format) {
    case 'atom':
      return {
        title: feed.title?.value,
        entries: (feed.entries ?? []).map(({ id, title, summary, content, links }) => ({
          id,
          title: title?.value,
          html: summary?.value ?? content?.value,
          link: (links?.find(({ rel }) => rel === undefined || rel === 'alternate') ?? links?.[0])?.href,
        })),
      }
    case 'json':
      return {
        title: feed.title,
        entries: (feed.items ?? []).map((item) => ({
          id: item.id,
          title: item.title,
          html: item.summary ?? item.content_html ?? item.content_text,
          link: item.url ?? item.external_url,
        })),
      }
    case 'rss':
      return {
        title: feed.title,
        entries: (feed.items ?? []).map((item) => ({
          id: item.guid?.value,
          title: item.title,
          html: item.description ?? item.content?.encoded,
          link: item.link ?? (item.guid?.isPermaLink === false ? undefined : item.guid?.value),
        })),
      }
    case 'rdf':
      return {
        title: feed.title,
        entries: (feed.items ?? []).map((item) => ({
          id: item.rdf?.about,
          title: item.title,
          html: item.description,
          link: item.link,
        })),
      }
  }
}

function clean({ id, title, html, link }: RawEntry, url: string): Entry {
  const summary = toText(html ?? '')
  const address = link === undefined ? null : URL.parse(link, url)
  const isWeb = address?.protocol === 'http:' || address?.protocol === 'https:'
  const identity = id || link || `${title ?? ''}\n${html ?? ''}`
  return {
    id: createHash('sha256').update(identity).digest('base64url').slice(0, 22),
    title:
      shorten(oneLine(title ?? ''), MAX_TITLE) ||
      shorten(summary.split('\n', 1)[0] ?? '', MAX_TITLE) ||
      'Untitled',
    summary: shorten(summary, MAX_SUMMARY),
    ...(isWeb && { link: address.href }),
  }
}

function oneLine(title: string): string {
  return toText(title).replaceAll('\n', ' ')
}
