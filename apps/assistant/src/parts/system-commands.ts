import { definePart } from '@pluggram/assembly'
import { ForgetMe } from '@pluggram/access'
import { readPluginStates } from '../plugin-states.ts'
import { toStatusLine } from '../plugins.ts'
import { createSystemPlugin, SYSTEM_PLUGIN_NAME } from '../system-plugin.ts'
import { TimeZoneCommand } from '../time-zones/timezone-command.ts'
import * as tokens from './tokens.ts'

/** `/start`, `/help`, `/status`, `/timezone` and `/forget_me`. */
export const systemCommands = definePart({
  name: 'system commands',
  needs: {
    settings: tokens.settings,
    storage: tokens.storage,
    timeZones: tokens.timeZones,
    access: tokens.access,
    board: tokens.board,
    directory: tokens.directory,
    models: tokens.models,
    outgoing: tokens.outgoing,
    forgetters: tokens.forgetters,
    healthOfRunning: tokens.healthOfRunning,
    mask: tokens.mask,
    findings: tokens.findings,
    logger: tokens.logger,
  },
  start(
    {
      settings,
      storage,
      timeZones,
      access,
      board,
      directory,
      models,
      outgoing,
      forgetters,
      healthOfRunning,
      mask,
      findings,
      logger,
    },
    life,
  ) {
    const definition = createSystemPlugin({
      forgetMe: new ForgetMe({ registry: board.hosted, forgetters, logger }),
      timeZone: new TimeZoneCommand(timeZones),
      assistantName: settings.now.assistant.name,
      startedAt: Date.now(),
      plugins: () => directory.plugins(),
      describeModel: () => models.describe(),
      pluginStatuses: async () =>
        (await readPluginStates(board, mask)).flatMap((state) => toStatusLine(state, board.titleOf) ?? []),
      offIn: (chatId) => access.control.offIn(chatId),
      connection: () => outgoing.connection(),
      summary: async () => mask.apply((await healthOfRunning[0]?.report())?.summary ?? ''),
      problems: () => findings.now.length,
      nearlyFull: () => storage.pluginStores.nearlyFull(),
    })
    life.add(tokens.ownPlugins, { name: SYSTEM_PLUGIN_NAME, definition })
  },
})
