import { setPluginGrants, setPluginSwitch } from '@pluggram/config'
import type { PluginState } from '@pluggram/host'
import { z } from '@pluggram/sdk'
import type { CredentialDefinition, Logger, PluginPermissions } from '@pluggram/sdk'
import { permissionShape } from '@pluggram/sdk/runtime'
import type { FastifyInstance } from 'fastify'

export interface PluginRoutesOptions {
  readonly home: string
  /** Plugins and MCP servers, secrets hidden. */
  states(): Promise<readonly PluginState[]>
  /** The credentials in a running plugin's manifest. */
  credentialsOf(name: string): Readonly<Record<string, CredentialDefinition>> | undefined
  /** Reads the home's files again. Resolves when the plugins match them. */
  reload(): Promise<void>
  /** Restarts a plugin or an MCP server, even a parked one. */
  restart(name: string): Promise<void>
  readonly logger: Logger
}

const switchSchema = z.strictObject({ isOn: z.boolean() })
const grantsSchema = z.strictObject({ permissions: z.strictObject(permissionShape) })

interface Named {
  readonly Params: { readonly name: string }
}

/** `GET /api/plugins`, and `POST /api/plugins/:name/` with `switch`, `grants` or `restart`. */
export function registerPluginRoutes(server: FastifyInstance, options: PluginRoutesOptions): void {
  const { home, states, reload, restart, logger } = options
  server.get('/api/plugins', async () => ({
    plugins: (await states()).map((state) => {
      const credentials = options.credentialsOf(state.name)
      return { ...toOutcome(state), ...(credentials && { credentials }) }
    }),
  }))
  const outcomeOf = async (name: string): Promise<object> => {
    const state = (await states()).find((plugin) => plugin.name === name)
    return state ? toOutcome(state) : {}
  }
  server.post<Named>('/api/plugins/:name/switch', async ({ params: { name }, body }) => {
    await setPluginSwitch(home, name, switchSchema.parse(body).isOn)
    await reload()
    return outcomeOf(name)
  })
  server.post<Named>('/api/plugins/:name/grants', async ({ params: { name }, body }) => {
    await setPluginGrants(home, name, grantsSchema.parse(body).permissions as PluginPermissions)
    await reload()
    return {}
  })
  server.post<Named>('/api/plugins/:name/restart', async ({ params: { name } }) => {
    await restart(name)
    logger.info(`plugin ${name} restarted on request`)
    return outcomeOf(name)
  })
}

function toOutcome({ name, state, problem }: PluginState): object {
  return { name, state, ...(problem && { problem: problem.message }) }
}
