import { APPROVALS_PLUGIN, createTools } from '@pluggram/ai'
import { definePart } from '@pluggram/assembly'
import { createStore } from '@pluggram/services'
import { guardTools, pluginsOn } from '../guard-tools.ts'
import * as tokens from './tokens.ts'

/** The only way to call a tool, for every caller. */
export const guardedTools = definePart({
  name: 'tool guards',
  needs: { access: tokens.access, storage: tokens.storage, mask: tokens.mask },
  gives: tokens.callTool,
  start: ({ access, storage, mask }) =>
    guardTools({ access: access.control, chats: storage.pluginChats, mask }),
})

/** The tools for the model: those of plugins and MCP servers. */
export const modelTools = definePart({
  name: 'tools',
  needs: {
    settings: tokens.settings,
    storage: tokens.storage,
    access: tokens.access,
    board: tokens.board,
    callTool: tokens.callTool,
    outgoing: tokens.outgoing,
    logger: tokens.logger,
  },
  gives: tokens.tools,
  start({ settings, storage, access, board, callTool, outgoing, logger }, life) {
    const toolSettings = settings.at('ai', 'tools')
    const tools = createTools({
      registry: pluginsOn(board.all, access.control),
      callTool,
      settings: () => toolSettings.now,
      totalSeconds: () => settings.now.ai.timeouts.totalSeconds,
      store: createStore(storage.pluginStores.forPlugin(APPROVALS_PLUGIN)),
      async send(chat, reply) {
        const letter = { plugin: APPROVALS_PLUGIN, chat, replies: [reply], isBroadcast: false }
        await (
          await outgoing.post(letter)
        ).sent
      },
      goOn: (update) => outgoing.accept([update]),
      logger,
    })
    life.add(tokens.ownPlugins, { name: APPROVALS_PLUGIN, definition: tools.plugin })
    return tools
  },
})

/** Offers the plugins' tools to other programs, at `/mcp` and through `pluggram mcp`. */
export const servedTools = definePart({
  name: 'tool server',
  needs: {
    settings: tokens.settings,
    board: tokens.board,
    callTool: tokens.callTool,
    mask: tokens.mask,
    logger: tokens.logger,
  },
  gives: tokens.toolServer,
  start({ settings, board, callTool, mask, logger }) {
    const toolSettings = settings.at('ai', 'tools')
    return {
      registry: () => board.hosted,
      callTool,
      settings: () => toolSettings.now,
      hide: (answer) => mask.deepToChat(answer),
      logger,
    }
  },
})
