import { KeyLock } from '@pluggram/base'
import type { Logger } from '@pluggram/sdk'
import type { PluginRegistry } from '@pluggram/sdk/runtime'
import type { McpSettings } from './mcp-settings.ts'
import { MountedServer } from './mounted-server.ts'
import type { McpServerState } from './mounted-server.ts'
import { checkPins, pinsFile } from './tool-pins.ts'

export interface McpServersOptions {
  /** The assistant's home, the working directory of programs. */
  readonly home: string
  /** Where the owner's approvals are stored. */
  readonly dataFolder: string
  readonly logger: Logger
}

/** The MCP servers mounted as plugins. */
export interface McpServers {
  /** The servers and their current tools. */
  readonly registry: PluginRegistry
  /**
   * Applies a configuration: connects new servers, reconnects changed ones and stops removed ones.
   * Resolves when all have answered or failed; never rejects.
   * @param taken names of plugins, which servers cannot use
   */
  apply(settings: McpSettings, taken: ReadonlySet<string>): Promise<void>
  states(): readonly McpServerState[]
  /**
   * Reconnects a server. False if there is none of that name. @throws PluggramError if that fails
   */
  restart(name: string): Promise<boolean>
  stop(): Promise<void>
}

/** Creates the servers; nothing is contacted before `apply`. */
export function createMcpServers({ home, dataFolder, logger }: McpServersOptions): McpServers {
  const servers = new Map<string, MountedServer>()
  const listeners = new Set<() => void>()
  const locks = new KeyLock()
  const file = pinsFile(dataFolder)
  let isStopped = false

  const onChange = (): void => {
    for (const listener of listeners) listener()
  }

  function mount(name: string, settings: McpSettings[string]): MountedServer {
    return new MountedServer({
      name,
      settings,
      workingDirectory: home,
      // the protocol's library is loaded only if needed
      connect: async (options) => (await import('./mcp-connection.ts')).connectMcp(options),
      checkPins: (offered) => locks.run('pins', () => checkPins(file, name, offered)),
      onChange,
      logger,
      now: Date.now,
    })
  }

  return {
    registry: {
      plugins: () => [...servers.values()].filter(({ descriptor }) => descriptor.tools.length > 0),
      ownerOf: () => undefined,
      onChange(listener) {
        const entry = (): void => listener()
        listeners.add(entry)
        return () => void listeners.delete(entry)
      },
    },
    async apply(settings, taken) {
      if (isStopped) return
      const wanted = Object.entries(settings).filter(([name]) => {
        if (taken.has(name)) {
          logger.error(
            `MCP server ${name}: a plugin has that name. Rename mcp.servers.${name} in config.json.`,
          )
        }
        return !taken.has(name)
      })
      const names = new Set(wanted.map(([name]) => name))
      const ending = [...servers].filter(
        ([name, server]) =>
          !names.has(name) || JSON.stringify(server.settings) !== JSON.stringify(settings[name]),
      )
      for (const [name] of ending) servers.delete(name)
      const fresh = wanted.filter(([name]) => !servers.has(name))
      for (const [name, server] of fresh) servers.set(name, mount(name, server))
      if (ending.length > 0) onChange()
      await Promise.all([
        ...ending.map(([, server]) => server.stop()),
        ...fresh.map(([name]) => servers.get(name)?.start()),
      ])
    },
    states: () => [...servers.values()].map((server) => server.state()),
    async restart(name) {
      const server = servers.get(name)
      await server?.restart()
      return server !== undefined
    },
    async stop() {
      isStopped = true
      await Promise.all([...servers.values()].map((server) => server.stop()))
    },
  }
}
