import { definePart } from '@pluggram/assembly'
import { MediaFetcher } from '../media-fetcher.ts'
import * as tokens from './tokens.ts'

/** Fetches files for messages when Telegram cannot. */
export const mediaFetcher = definePart({
  name: 'fetching of files',
  needs: { pages: tokens.pages, proxyFor: tokens.proxyFor },
  gives: tokens.mediaFetcher,
  start: ({ pages, proxyFor }) =>
    new MediaFetcher({ proxyFor, ownPort: () => pages.map(({ url }) => Number(new URL(url).port))[0] }),
})
