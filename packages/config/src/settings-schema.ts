import { isIP } from 'node:net'
import { findTimeZone } from '@pluggram/base'
import { z } from 'zod'
import { accessSettings } from './access-settings.ts'
import { alertsSettings } from './alerts-settings-schema.ts'
import { backupSettings } from './backup-settings-schema.ts'
import { ai } from './ai-settings-schema.ts'
import { mcpSettings } from './mcp-settings-schema.ts'
import { cacheSettings } from './cache-settings-schema.ts'
import { journeySettings } from './journey-settings-schema.ts'
import { networkSettings } from './network-settings-schema.ts'
import { seconds } from './schema-parts.ts'
import { telegramSettings } from './telegram-settings-schema.ts'

declare module 'zod' {
  interface GlobalMeta {
    /** Describes a valid value, for `expected …` in problems and for the reference. */
    expected?: string
  }
}

const LOG_LEVELS = ['trace', 'debug', 'info', 'warn', 'error', 'fatal'] as const
export const PLUGIN_NAME = /^[a-z][a-z0-9_]{0,63}$/

const HOST_NAME = /^(?!-)[A-Za-z0-9-]{1,63}(?<!-)(?:\.(?!-)[A-Za-z0-9-]{1,63}(?<!-))*\.?$/

function hostName(): z.ZodString {
  return z
    .string()
    .max(253)
    .refine((text) => HOST_NAME.test(text) || isIP(withoutBrackets(text)) !== 0)
    .overwrite(withoutBrackets)
}

/** Removes the brackets of an IPv6 address, which are only used in URLs. */
function withoutBrackets(text: string): string {
  return /^\[(.*)\]$/.exec(text)?.[1] ?? text
}

const assistant = z
  .strictObject({
    name: z
      .string()
      .trim()
      .min(1)
      .max(64)
      .meta({ description: "The assistant's name.", expected: 'a name of 1 to 64 characters' })
      .default('Pluggram'),
    time_zone: z
      .string()
      .refine((name) => !/^[+-]/.test(name) && findTimeZone(name) !== undefined)
      .meta({
        description:
          "The time zone of everybody who set none with /timezone, of schedules without one, and of the assistant's clock. Default: the machine's.",
        expected: 'the name of a time zone, such as "Europe/Berlin"',
        examples: ['Europe/Berlin'],
      })
      .optional(),
  })
  .meta({ description: "The assistant's name and time zone.", takesEffect: 'next start' })

const http = z
  .strictObject({
    host: hostName()
      .meta({ description: 'The address to listen on.', expected: 'a host name or IP address' })
      .default('127.0.0.1'),
    port: z
      .number()
      .int()
      .min(0)
      .max(65_535)
      .meta({
        description: 'The port to listen on; 0 takes a free one.',
        expected: 'a whole number from 0 to 65535',
      })
      .default(8080),
    allowed_hosts: z
      .array(hostName().meta({ expected: 'a host name without scheme and port' }))
      .max(100)
      .meta({
        description: 'Host names under which the pages may be opened, beside loopback.',
        expected: 'an array of at most 100 host names',
      })
      .default([]),
    password: z
      .string()
      .min(8)
      .max(1024)
      .meta({
        description: 'The password for the web pages. A new one ends every session.',
        expected: 'text of at least 8 characters',
        takesEffect: 'live',
      })
      .optional(),
    metrics_token: z
      .string()
      .min(16)
      .max(1024)
      .regex(/^\S+$/)
      .meta({
        description:
          'The token with which monitoring reads `/metrics` and the details of `/readyz` from elsewhere: `Authorization: Bearer …`.',
        expected: 'text of at least 16 characters without spaces',
        takesEffect: 'live',
      })
      .optional(),
    loopback_details: z
      .boolean()
      .meta({
        description:
          'Whether programs on this machine read `/metrics` and the details of `/readyz` without a token. Turn it off behind a proxy on this machine that adds no `X-Forwarded-For`, and where you do not trust every account.',
        expected: 'true or false',
      })
      .default(true),
  })
  .meta({ description: 'The web server: pages, health, webhook.', takesEffect: 'next start' })

const log = z
  .strictObject({
    level: z
      .enum(LOG_LEVELS)
      .meta({
        description: 'The least severe level that is logged.',
        expected: `one of ${LOG_LEVELS.join(', ')}`,
      })
      .default('info'),
  })
  .meta({ description: 'Logs.', takesEffect: 'next start' })

const storage = z
  .strictObject({
    synchronous: z
      .enum(['full', 'normal'])
      .meta({
        description:
          'How safely messages are saved. `full`: they survive a power loss. `normal`: faster, but a power loss may lose the last messages.',
        expected: '"full" or "normal"',
      })
      .default('full'),
  })
  .meta({ description: 'Where messages and data are kept.', takesEffect: 'next start' })

const limits = z
  .strictObject({
    concurrent_chats: z
      .number()
      .int()
      .min(1)
      .max(1000)
      .meta({
        description:
          'How many chats are worked on at the same time; those that wait for a model or another server do not count. Also how many messages a plugin in its own process gets at once.',
        expected: 'a whole number from 1 to 1000',
      })
      .default(64),
    plugin_timeout_seconds: seconds('How long a plugin may work on one message.').default(120),
  })
  .meta({
    description: 'Limits that keep one chat or plugin from holding up the others.',
    takesEffect: 'next start',
  })

function megabytes(description: string, [least, most]: readonly [number, number]): z.ZodNumber {
  return z
    .number()
    .int()
    .min(least)
    .max(most)
    .meta({ description, expected: `a whole number of megabytes from ${least} to ${most}` })
}

const MEMORY_MB = [96, 16_384] as const
const FILES_MB = [1, 1_048_576] as const

function sandbox(description: string): z.ZodEnum<{ none: 'none'; bubblewrap: 'bubblewrap' }> {
  return z.enum(['none', 'bubblewrap']).meta({ description, expected: '"none" or "bubblewrap"' })
}

const onePluginsLimits = z.strictObject({
  isolation: z
    .enum(['inline', 'process'])
    .meta({
      description: '`inline` trusts the plugin: it runs inside the assistant, with all its rights.',
      expected: '"inline" or "process"',
    })
    .optional(),
  group: z
    .string()
    .regex(PLUGIN_NAME)
    .meta({
      description:
        'Plugins of one group share a process: their owner trusts each of them with everything that one of them may.',
      expected: 'a name: lower case letters, digits and _',
    })
    .optional(),
  sandbox: sandbox('The sandbox around its process.').optional(),
  memory_mb: megabytes('The memory of its process.', MEMORY_MB).optional(),
  files_mb: megabytes('The size of its folder.', FILES_MB).optional(),
  idle_seconds: seconds('Unused for that long, its process is ended until it is needed.').optional(),
  start_seconds: seconds('The longest start.').optional(),
  call_seconds: seconds('The longest work on one message.').optional(),
  status_seconds: seconds('The longest wait for its status.').optional(),
  cleanup_seconds: seconds('The longest end.').optional(),
  chats: z
    .array(z.number().int().meta({ expected: "a chat's id, a whole number" }))
    .max(1000)
    .meta({
      description: 'Chats that it may write to without having been asked there.',
      expected: 'an array of at most 1000 chat ids',
    })
    .optional(),
})

const pluginHost = z
  .strictObject({
    sandbox: sandbox(
      "The sandbox around plugin processes, beside Node's permission model. `bubblewrap` (Linux) needs that program; if it cannot be used, plugins do not start.",
    ).default('none'),
    memory_mb: megabytes("The memory of a plugin's process.", MEMORY_MB).default(256),
    files_mb: megabytes(
      "The size of a plugin's folder (`files`). A plugin process that makes it larger is ended.",
      FILES_MB,
    ).default(256),
    idle_seconds: seconds(
      "A plugin's process that is unused for that long is ended until it is needed.",
    ).default(300),
    hot_reload: z
      .boolean()
      .meta({
        description:
          'Whether a changed plugin, configuration or switch takes effect while the assistant runs.',
        expected: 'true or false',
      })
      .default(true),
    plugins: z
      .record(z.string().regex(PLUGIN_NAME), onePluginsLimits)
      .meta({
        description:
          "Settings for single plugins, under the plugin's name: `isolation` (`inline` trusts it, `process` does not), `group` (whose plugins share a process), `sandbox`, `memory_mb`, `files_mb`, `idle_seconds`, `start_seconds`, `call_seconds`, `status_seconds`, `cleanup_seconds`, and `chats`, which it may write to without having been asked there.",
        expected: 'an object of plugin names with their limits',
      })
      .default({}),
  })
  .meta({
    description: 'How plugins run: those that do not ship with Pluggram in processes of their own.',
    takesEffect: 'live',
  })

const databases = z
  .record(
    z.string().regex(PLUGIN_NAME),
    z.strictObject({
      url: z
        .string()
        .max(4_096)
        .regex(/^(?:postgres(?:ql)?|mysql|mariadb|sqlite|file):./i)
        .meta({
          description: 'Where it is, with user and password; better as `${VARIABLE}`.',
          expected: 'an address that begins with postgres:, mysql:, mariadb:, sqlite: or file:',
        }),
      writable: z
        .boolean()
        .meta({ description: 'Whether plugins may change it.', expected: 'true or false' })
        .default(false),
      timeout_seconds: seconds('The longest query; at most 60.').max(60).default(5),
      connections: z
        .number()
        .int()
        .min(1)
        .max(20)
        .meta({ description: 'Connections at most.', expected: 'a whole number from 1 to 20' })
        .default(4),
    }),
  )
  .meta({
    description:
      'Databases outside the assistant, under names of your choice: `url`, `writable` (default false), `timeout_seconds` (5), `connections` (4). A plugin reaches those that its manifest asks for and you granted.',
    expected: 'an object of names with their addresses',
    takesEffect: 'live',
  })

const pluginBlocks = z.record(z.string().regex(PLUGIN_NAME), z.record(z.string(), z.unknown())).meta({
  description: "Each plugin's settings, under the plugin's name.",
  expected: 'an object of plugin blocks',
  takesEffect: 'live',
})

/**
 * The schema of `config.json`, from which types, defaults, messages, JSON Schema and reference are
 * derived.
 */
export const settingsSchema = z
  .strictObject({
    $schema: z
      .string()
      .meta({ description: 'The JSON Schema for your editor; the assistant ignores it.', expected: 'text' })
      .optional(),
    assistant: assistant.prefault({}),
    ai: ai.prefault({}),
    mcp: mcpSettings.prefault({}),
    telegram: telegramSettings.prefault({}),
    network: networkSettings.prefault({}),
    http: http.prefault({}),
    log: log.prefault({}),
    journeys: journeySettings.prefault({}),
    storage: storage.prefault({}),
    cache: cacheSettings.prefault({}),
    backup: backupSettings.prefault({}),
    alerts: alertsSettings.prefault({}),
    access: accessSettings.prefault({}),
    limits: limits.prefault({}),
    plugin_host: pluginHost.prefault({}),
    databases: databases.default({}),
    plugins: pluginBlocks.prefault({}),
  })
  .meta({ title: 'Pluggram configuration', description: "An assistant's config.json." })

/** The schema that describes the value at `path`, without its default and optional wrappers. */
export function schemaAt(path: readonly PropertyKey[]): z.core.$ZodType | undefined {
  let schema: z.core.$ZodType | undefined = settingsSchema
  for (const segment of path) {
    const inner: z.core.$ZodType = unwrap(schema)
    if (inner instanceof z.ZodObject && typeof segment === 'string' && Object.hasOwn(inner.shape, segment)) {
      schema = inner.shape[segment] as z.core.$ZodType
    } else if (inner instanceof z.ZodArray) schema = inner.element
    else if (inner instanceof z.ZodUnion) schema = inner
    else if (inner instanceof z.ZodRecord) schema = inner.valueType as z.core.$ZodType
    else return undefined
  }
  return unwrap(schema)
}

function unwrap(schema: z.core.$ZodType): z.core.$ZodType {
  let inner = schema
  while (inner instanceof z.ZodDefault || inner instanceof z.ZodPrefault || inner instanceof z.ZodOptional) {
    inner = inner.unwrap()
  }
  return inner
}
