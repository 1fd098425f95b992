import { definePart } from '@pluggram/assembly'
import { MediaFetcher } from '../media-fetcher.ts'
import * as tokens from './tokens.ts'

/** Fetches files for messages when Telegram cannot. */
export const mediaFetcher = definePart({
  name: 'fetching of files',
  needs: { pages: tokens.pages },
  gives: tokens.mediaFetcher,
  start: ({ pages }) =>
    new MediaFetcher({ ownPort: () => pages.map(({ url }) => Number(new URL(url).port))[0] }),
})
