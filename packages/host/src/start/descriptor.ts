import type {
  CommandDefinition,
  Plugin,
  PluginManifest,
  Role,
  ScheduleDefinition,
  ToolDefinition,
} from '@pluggram/sdk'
import { answeredCalls, jsonSchemaOf } from '@pluggram/sdk/runtime'
import type { PluginDescriptor, ScheduleDescriptor, ToolDescriptor } from '@pluggram/sdk/runtime'
import { toPlainData } from '../wire/plain-data.ts'
import type { JsonSchema } from '../json-types.ts'

export const MAX_CONFIG_SCHEMA_CHARACTERS = 200_000

export interface DescriptorBasis {
  readonly name: string
  readonly manifest: PluginManifest
  readonly instance: Plugin
  /** Who may use tools that do not set a role. */
  readonly toolRole: Role
}

/** Fills in the defaults of a validated manifest. */
export function toDescriptor({ name, manifest, instance, toolRole }: DescriptorBasis): PluginDescriptor {
  return {
    name,
    ...(manifest.version !== undefined && { version: manifest.version }),
    ...(manifest.title !== undefined && { title: manifest.title }),
    ...(manifest.description !== undefined && { description: manifest.description }),
    ...(manifest.help !== undefined && { help: manifest.help }),
    commands: Object.entries(manifest.commands ?? {}).map(([command, definition]) =>
      toCommand(command, definition),
    ),
    tools: Object.entries(manifest.tools ?? {}).map(([tool, definition]) =>
      toTool(tool, definition, toolRole),
    ),
    ...configSchema(manifest),
    ...(manifest.perChat && manifest.perChat.length > 0 && { perChat: manifest.perChat }),
    ...(manifest.credentials && { credentials: manifest.credentials }),
    schedules: Object.entries(manifest.schedules ?? {}).map(([schedule, definition]) =>
      toSchedule(schedule, definition),
    ),
    patterns: manifest.patterns ?? [],
    ...(manifest.startPrefixes && { startPrefixes: manifest.startPrefixes }),
    updates: manifest.updates ?? ['message'],
    priority: manifest.priority ?? 0,
    answers: answeredCalls(instance, manifest.permissions),
  }
}

/** Leaves out a schema that is too large to show. */
function configSchema(manifest: PluginManifest): Pick<PluginDescriptor, 'configSchema'> {
  const schema = jsonSchemaOf(manifest.config)
  if (!schema) return {}
  const plain = toPlainData(schema, { depth: 40 }) as JsonSchema
  return JSON.stringify(plain).length <= MAX_CONFIG_SCHEMA_CHARACTERS ? { configSchema: plain } : {}
}

function toCommand(name: string, definition: CommandDefinition): PluginDescriptor['commands'][number] {
  return {
    name,
    description: definition.description,
    ...(definition.usage !== undefined && { usage: definition.usage }),
    ...(definition.translations && { translations: definition.translations }),
    ...(definition.role && { role: definition.role }),
    ...(definition.chats && { chats: definition.chats }),
    examples: definition.examples ?? [],
    inMenu: definition.menu ?? true,
    isUrgent: definition.urgent ?? false,
  }
}

function toTool(name: string, definition: ToolDefinition, role: Role): ToolDescriptor {
  const schema = jsonSchemaOf(definition.schema) ?? { type: 'object', properties: {} }
  return {
    name,
    description: definition.description,
    // the output of a schema library may have getters and shared parts
    inputSchema: toPlainData(schema, { depth: 40 }) as JsonSchema,
    role: definition.role ?? role,
    effect: definition.effect ?? 'external',
    // only plugins that ship have that default role, and only they are believed
    ...(definition.result === 'own' && role === 'everyone' && { isResultOwn: true }),
  }
}

function toSchedule(name: string, definition: ScheduleDefinition): ScheduleDescriptor {
  const { every, cron, timeZone, missed, jitterSeconds, timeoutSeconds } = definition
  return {
    name,
    ...(every && { everySeconds: every.seconds }),
    ...(cron !== undefined && { cron }),
    ...(timeZone !== undefined && { timeZone }),
    ...(missed && { missed }),
    ...(jitterSeconds !== undefined && { jitterSeconds }),
    ...(timeoutSeconds !== undefined && { timeoutSeconds }),
  }
}
