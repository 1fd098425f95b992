import { definePart } from '@pluggram/assembly'
import { createAdminService } from '../admin/admin-service.ts'
import { registerPluginSettingsRoutes } from '../http/plugin-settings-routes.ts'
import * as tokens from './tokens.ts'

/** Lets owners manage plugins, settings and people by chat, page and command. */
export const ownerService = definePart({
  name: 'admin',
  needs: {
    folders: tokens.folders,
    board: tokens.board,
    reloader: tokens.reloader,
    configuration: tokens.configuration,
    storage: tokens.storage,
    access: tokens.access,
    logTail: tokens.logTail,
    mask: tokens.mask,
  },
  gives: tokens.admin,
  start({ folders, storage, ...needs }, life) {
    const admin = createAdminService({
      ...needs,
      home: folders.home,
      chatSettings: storage.chatSettings,
    })
    life.add(tokens.routes, (server) => registerPluginSettingsRoutes(server, admin))
    return admin
  },
})
