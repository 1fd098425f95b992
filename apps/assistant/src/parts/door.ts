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
    pages: tokens.pages,
    mask: tokens.mask,
    logger: tokens.logger,
  },
  start({ folders, board, storage, reloader, admin, scheduler, replay, pages, mask, logger }, life) {
    life.onOpen(async () => {
      const [web] = pages
      const door = await openDoor({
        ...(web && { web }),
        home: folders.home,
        dataFolder: folders.data,
        messages: storage.messages,
        states: () => readPluginStates(board, mask),
        reload: () => reloader.reload(),
        restart: (name) => board.restart(name),
        replay,
        admin,
        scheduler,
        logger,
      })
      life.onStop(() => door[Symbol.asyncDispose]())
    })
  },
})
