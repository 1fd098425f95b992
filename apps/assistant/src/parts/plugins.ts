import { definePart } from '@pluggram/assembly'
import { createPluginHost } from '@pluggram/host'
import type { JsonObject } from '@pluggram/host'
import { findPluginProblems } from '../find-plugin-problems.ts'
import { unknownKeys } from '../plugins.ts'
import * as tokens from './tokens.ts'

/** Starts the plugins wanted by the board, and follows its changes. */
export const plugins = definePart({
  name: 'plugins',
  needs: {
    settings: tokens.settings,
    folders: tokens.folders,
    storage: tokens.storage,
    board: tokens.board,
    ownPlugins: tokens.ownPlugins,
    pluginServices: tokens.pluginServices,
    problemLog: tokens.problemLog,
    logger: tokens.logger,
  },
  start({ settings, folders, storage, board, ownPlugins, pluginServices, problemLog, logger }, life) {
    const { chatSettings } = storage
    const host = createPluginHost({
      ...board.plan,
      list: board.hosted,
      servicesFor: pluginServices,
      chatBlock: chatSettings.of as (plugin: string, chatId: number) => JsonObject | undefined,
      assistantName: settings.now.assistant.name,
      builtIn: ownPlugins,
      dataFolder: folders.data,
      logger,
      onProblem: (problem) => problemLog.tell(problem),
    })
    board.runBy(host)
    life.add(tokens.findingSources, {
      name: 'the plugins',
      isLogged: true,
      check: () => findPluginProblems(board),
    })
    life.onOpen(() => {
      const { problems, configuration } = board.wanted
      for (const problem of problems) problemLog.tellLine(problem)
      life.onStop(() => host.stop())
      life.add(tokens.firstStarts, host.whenSettled())
      void host
        .start()
        .then((report) =>
          problemLog.settle([...problems, ...unknownKeys(configuration, board.hosted)], report.problems),
        )
    })
  },
})
