import { definePart } from '@pluggram/assembly'
import { openDoor } from '../door.ts'
import { readPluginStates } from '../plugin-states.ts'
import * as tokens from './tokens.ts'

/** Lets commands reach the assistant that runs in this home. */
export const commandDoor = definePart({
  name: 'door',
  needs: {
    folders: tokens.folders,
    board: tokens.board,
    storage: tokens.storage,
    reloader: tokens.reloader,
    admin: tokens.admin,
    scheduler: tokens.scheduler,
    replay: tokens.replay,
    findings: tokens.findings,
    pages: tokens.pages,
    overviews: tokens.overviews,
    journeys: tokens.journeyBook,
    mode: tokens.mode,
    logTail: tokens.logTail,
    mask: tokens.mask,
    logger: tokens.logger,
  },
  start({ folders, board, storage, reloader, pages, overviews, mode, mask, ...needs }, life) {
    life.onOpen(async () => {
      const [web] = pages
      const door = await openDoor({
        ...needs,
        ...(web && { web }),
        overview: overviews[0],
        requestEnd: mode.requestEnd,
        home: folders.home,
        dataFolder: folders.data,
        messages: storage.messages,
        states: () => readPluginStates(board, mask),
        credentialsOf: (name) =>
          board.all.plugins().find(({ descriptor }) => descriptor.name === name)?.descriptor.credentials,
        reload: () => reloader.reload(),
        restart: (name) => board.restart(name),
      })
      life.onStop(() => door[Symbol.asyncDispose]())
    })
  },
})
