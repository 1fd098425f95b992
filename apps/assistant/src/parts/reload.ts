import { definePart } from '@pluggram/assembly'
import { createReloader, reloadOnSave } from '../hot-reload.ts'
import { findConfigProblems } from '../doctor/fault.ts'
import * as tokens from './tokens.ts'

/** Reloads the home's files on request. */
export const reloading = definePart({
  name: 'reloader',
  needs: {
    folders: tokens.folders,
    configuration: tokens.configuration,
    settings: tokens.settings,
    board: tokens.board,
    mode: tokens.mode,
    problemLog: tokens.problemLog,
    mask: tokens.mask,
    logger: tokens.logger,
  },
  gives: tokens.reloader,
  start({ folders, mode, ...needs }, life) {
    const reloader = createReloader({ ...needs, home: folders.home, isSafe: mode.isSafe })
    life.add(tokens.findingSources, {
      name: 'the saved configuration',
      isLogged: true,
      check: () => findConfigProblems(reloader.refused()),
    })
    return reloader
  },
})

/** Reloads them whenever one is saved. */
export const hotReload = definePart({
  name: 'hot reload',
  needs: {
    folders: tokens.folders,
    reloader: tokens.reloader,
    configuration: tokens.configuration,
    settings: tokens.settings,
    logger: tokens.logger,
  },
  start({ folders, ...needs }, life) {
    life.onOpen(() => {
      const saving = reloadOnSave(folders.home, needs)
      life.onStop(() => saving.close())
    })
  },
})
