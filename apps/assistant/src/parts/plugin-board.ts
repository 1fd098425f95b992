import { definePart } from '@pluggram/assembly'
import { createPluginList } from '@pluggram/host'
import { createDirectory } from '../directory.ts'
import { PluginBoard } from '../plugin-board.ts'
import { readPluginStates } from '../plugin-states.ts'
import { planPlugins, pluginsHealth } from '../plugins.ts'
import { createProblemLog } from '../problem-log.ts'
import * as tokens from './tokens.ts'

/** Which plugins are wanted, and which of them run. */
export const pluginBoard = definePart({
  name: 'plugin board',
  needs: {
    configuration: tokens.configuration,
    mcpServers: tokens.mcpServers,
    mode: tokens.mode,
    mask: tokens.mask,
    logger: tokens.logger,
  },
  gives: tokens.board,
  async start({ configuration, mcpServers, mode, mask, logger }, life) {
    const wanted = await planPlugins(configuration.now, mode)
    configuration.set(wanted.configuration)
    mask.add(wanted.configuration.secrets)
    const board = new PluginBoard({ wanted, list: createPluginList(logger), servers: mcpServers })
    life.add(tokens.healthChecks, {
      name: 'plugins',
      check: async () => pluginsHealth(await readPluginStates(board, mask)),
    })
    return board
  },
})

/** Logs each problem of a plugin once. */
export const pluginProblems = definePart({
  name: 'plugin problems',
  needs: { logger: tokens.logger },
  gives: tokens.problemLog,
  // it knows which problems were gone in between; the logger would hold back their return
  start: ({ logger }) => createProblemLog(logger.everyTime()),
})

/** What plugins and the demo model may know about other plugins. */
export const pluginDirectory = definePart({
  name: 'directory',
  needs: { settings: tokens.settings, board: tokens.board },
  gives: tokens.directory,
  start: ({ settings, board }) => createDirectory(settings.now.assistant.name, board.all),
})
