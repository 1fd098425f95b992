import { definePart } from '@pluggram/assembly'
import { createOverview } from '../overview.ts'
import * as tokens from './tokens.ts'

/** What runs, for everybody who wants to show it. */
export const overviewOfAll = definePart({
  name: 'overview',
  needs: {
    settings: tokens.settings,
    folders: tokens.folders,
    telegram: tokens.telegram,
    models: tokens.models,
    board: tokens.board,
    health: tokens.health,
    pages: tokens.pages,
    mask: tokens.mask,
    findings: tokens.findings,
  },
  gives: tokens.overview,
  start({ settings, folders, pages, ...sources }, life) {
    const overview = createOverview({
      ...sources,
      settings: settings.now,
      home: folders.home,
      url: () => pages[0]?.url ?? '',
    })
    life.add(tokens.overviews, overview)
    return overview
  },
})
