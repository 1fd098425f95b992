import { Parser } from 'htmlparser2'

const FEED_TYPES = /^application\/(?:rss\+xml|atom\+xml|rdf\+xml|feed\+json)$/i

/** The address of the feed that a page names. */
export function feedOfPage(html: string, base: string): string | undefined {
  let found: string | undefined
  const parser = new Parser({
    onopentag(name, { rel = '', type = '', href = '' }) {
      if (found !== undefined || name !== 'link' || !/\balternate\b/i.test(rel) || !FEED_TYPES.test(type))
        return
      const url = URL.parse(href, base)
      if (url && /^https?:$/.test(url.protocol)) found = url.href
    },
  })
  parser.write(html)
  parser.end()
  return found
}
