import { definePlugin, hasRole, refusalFor, z } from '@pluggram/sdk'
import type {
  CommandDefinition,
  MessageContext,
  PluginDefinition,
  PluginManifest,
  PluginResult,
  Role,
  Services,
  ToolDefinition,
} from '@pluggram/sdk'
import { hostOf, parseAddress } from './address.ts'
import { ApiError } from './api-error.ts'
import { configuration } from './configuration.ts'
import type { Configuration } from './configuration.ts'
import { Endpoint } from './endpoint.ts'
import { commandUsage } from './openapi/command-arguments.ts'
import type { Operation } from './openapi/operations.ts'
import { OpenApiService } from './openapi-service.ts'
import type { ApiAnswer } from './send-request.ts'
import { showAnswer } from './show-answer.ts'

/**
 * Calls other services: endpoints that the owner describes, and services with an OpenAPI
 * description.
 */
const apiIntegration: PluginDefinition<typeof configuration> = definePlugin({
  name: 'api_integration',
  version: '0.1.0',
  description: 'Calls web APIs',
  config: configuration,
  // an address that the owner writes into the configuration may be reached
  configure: (config) => fromConfiguration(config),
  setup({ config, services }) {
    const endpoints = listEndpoints(config).filter((endpoint) => endpoint.config.pattern !== undefined)
    return {
      async processMessage(message, context) {
        if (context.callback || context.command || context.user.isBot) return undefined
        for (const endpoint of endpoints) {
          const groups = endpoint.match(message)
          if (!groups || !mayUse(context, endpoint.config.role)) continue
          return told(services, endpoint.name, () =>
            endpoint.answer(message, { http: services.http, context, groups }),
          )
        }
        return undefined
      },
      getStatus: async () => ({
        status: 'active',
        endpoints: Object.keys(config.endpoints).length,
        services: config.openapi.length,
      }),
    }
  },
})
export default apiIntegration

type Commands = Record<string, CommandDefinition<Configuration>>
type Tools = Record<string, ToolDefinition<unknown, Configuration>>

/** @throws Error that names the unusable part of the configuration */
function fromConfiguration(
  config: Configuration,
): Pick<PluginManifest<typeof configuration>, 'commands' | 'tools' | 'patterns' | 'permissions'> {
  const commands: Commands = {}
  const tools: Tools = {}
  const hosts = new Set<string>(config.allow_addresses)
  for (const endpoint of listEndpoints(config)) {
    hosts.add(hostOf(parseAddress(endpoint.config.url)))
    if (endpoint.config.command) commands[endpoint.name] = endpointCommand(endpoint)
    if (endpoint.config.tool) tools[endpoint.name] = endpointTool(endpoint, endpoint.config.tool)
  }
  for (const [index, settings] of config.openapi.entries()) {
    const service = openService(settings, index)
    hosts.add(service.host())
    for (const operation of service.operations) {
      const { name } = operation
      if (name in commands || name in tools) {
        throw new Error(`openapi.${index}: its operation "${name}" is there already; give it a "prefix"`)
      }
      if (settings.commands) commands[name] = operationCommand(service, operation)
      if (settings.tools) tools[name] = operationTool(service, operation)
    }
  }
  const patterns = listEndpoints(config).flatMap(({ config: { pattern } }) => pattern ?? [])
  return {
    commands,
    tools,
    // without a pattern, no message is meant for this plugin
    patterns: patterns.length === 0 ? [/(?!)/] : patterns.map((pattern) => new RegExp(pattern, 'iu')),
    permissions: { network: [...hosts].filter((host) => host !== '') },
  }
}

function listEndpoints(config: Configuration): Endpoint[] {
  return Object.entries(config.endpoints).map(([name, settings]) => new Endpoint(name, settings))
}

function openService(settings: Configuration['openapi'][number], index: number): OpenApiService {
  try {
    return new OpenApiService(settings)
  } catch (error) {
    throw new Error(`openapi.${index}: ${error instanceof Error ? error.message : 'cannot be used'}`, {
      cause: error,
    })
  }
}

function endpointCommand(endpoint: Endpoint): Commands[string] {
  const { description, usage, examples, role } = endpoint.config
  return {
    description,
    examples,
    ...(usage !== undefined && { usage }),
    async execute(args, context) {
      if (!mayUse(context, role)) return notAllowed(role)
      const { http } = context.services
      return told(context.services, endpoint.name, () => endpoint.answer(args, { http, context }))
    },
  }
}

function operationCommand(service: OpenApiService, operation: Operation): Commands[string] {
  const { role } = service.config
  return {
    description: operation.description.split('\n', 1)[0]?.slice(0, 256) || operation.name,
    usage: commandUsage(operation),
    async execute(args, context) {
      if (!mayUse(context, role)) return notAllowed(role)
      const { services, signal } = context
      return told(services, operation.name, async () =>
        showAnswer(operation.name, await service.command(operation, args, { http: services.http, signal })),
      )
    },
  }
}

function endpointTool(
  endpoint: Endpoint,
  { description, effect, role }: NonNullable<Endpoint['config']['tool']>,
): Tools[string] {
  return {
    description,
    effect,
    role,
    schema: z.object({ message: z.string().describe('What is sent to the service') }),
    async execute(args, context) {
      const { message } = z.object({ message: z.string() }).parse(args)
      const { http } = context.services
      return forModel(context.services, endpoint.name, () => endpoint.call(message, { http, context }))
    },
  }
}

function operationTool(service: OpenApiService, operation: Operation): Tools[string] {
  return {
    description: operation.description,
    role: service.config.role,
    effect: operation.method === 'GET' ? 'none' : 'external',
    schema: service.schemaOf(operation),
    async execute(args, { services, signal }) {
      const values = z.record(z.string(), z.unknown()).parse(args)
      return forModel(services, operation.name, () =>
        service.call(operation, values, { http: services.http, signal }),
      )
    },
  }
}

function mayUse(context: MessageContext, role: Role): boolean {
  return hasRole(context.role, role)
}

function notAllowed(role: Role): PluginResult {
  return { success: false, error: refusalFor(role) }
}

/** A short message for the user; the details go to the log. */
async function told(
  services: Services,
  name: string,
  work: () => Promise<PluginResult>,
): Promise<PluginResult> {
  try {
    return await work()
  } catch (error) {
    return { success: false, error: explain(services, name, error) }
  }
}

async function forModel(services: Services, name: string, work: () => Promise<ApiAnswer>): Promise<unknown> {
  try {
    const { status, content } = await work()
    return { status, content }
  } catch (error) {
    return { error: explain(services, name, error) }
  }
}

/** @throws every error that is not an ApiError */
function explain({ logger }: Services, endpoint: string, error: unknown): string {
  if (!(error instanceof ApiError)) throw error
  logger.warn(`The endpoint ${endpoint} failed: ${error.message}`, error.details)
  return error.message
}
