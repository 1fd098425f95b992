import { createMcpServers } from '@pluggram/mcp'
import { definePart } from '@pluggram/assembly'
import { mcpSettings } from '../mcp-plugins.ts'
import { board, firstStarts, folders, logger, mcpServers, mode, settings } from './tokens.ts'

/** MCP servers as plugins. Does not contact them yet. */
export const mcpServerList = definePart({
  name: 'MCP servers',
  needs: { folders, logger },
  gives: mcpServers,
  start: (needs) =>
    createMcpServers({ home: needs.folders.home, dataFolder: needs.folders.data, logger: needs.logger }),
})

/** Connects the configured MCP servers. A plugin of the same name takes precedence. */
export const mountMcpServers = definePart({
  name: 'mount MCP servers',
  needs: { mcpServers, settings, mode, board },
  start(needs, life) {
    const wanted = needs.settings.at('mcp', 'servers')
    const apply = (): Promise<void> =>
      needs.mcpServers.apply(needs.mode.isSafe ? {} : mcpSettings(wanted.now), needs.board.names())
    life.onOpen(() => {
      life.onStop(() => needs.mcpServers.stop())
      life.onStop(needs.board.onWanted(() => void apply()))
      life.add(firstStarts, apply())
    })
  },
})
