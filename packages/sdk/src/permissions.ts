/** What the table says about one permission. */
export interface PermissionRow {
  /** A `flag` is asked for with `true`, a `list` with names. */
  readonly kind: 'flag' | 'list'
  /** What the names of a list are. A granted host such as `*.example.com` covers further hosts. */
  readonly items?: 'host' | 'name'
  /** The longest name that is taken. */
  readonly maxItemCharacters?: number
  /** The service it opens, if any. */
  readonly service?: string
  /** True when it takes effect only inside the assistant, whatever the owner granted. */
  readonly isInlineOnly?: boolean
  /** What the plugin may do with it, for docs/reference/permissions.md. */
  readonly words: string
}

/**
 * Everything a plugin can ask of its owner. `PluginPermissions`, the manifest's schema, what a
 * plugin process may claim, the grants in plugins_config.json, `pluggram plugins grant` and
 * docs/reference/permissions.md come from this table. A new permission is a row here, besides the
 * code that enforces it.
 */
export const PERMISSIONS = {
  /**
   * Hosts it talks to: `api.example.com`, `*.example.com`, or `*` for the whole public internet. An
   * address inside the owner's network has to be named in numbers.
   */
  network: {
    kind: 'list',
    items: 'host',
    maxItemCharacters: 260,
    service: 'http',
    words: 'talk to these hosts; `*.example.com` is every host below, `*` every public one',
  },
  /** Bot API methods beyond replying in the own chat. */
  telegram: {
    kind: 'list',
    items: 'name',
    maxItemCharacters: 100,
    service: 'telegram',
    words: 'call these methods of the Bot API; `sendMessage` lets it write to every chat',
  },
  /** Names of outside databases that its owner configured; `*` stands for all of them. */
  databases: {
    kind: 'list',
    items: 'name',
    maxItemCharacters: 100,
    service: 'database',
    words: 'open these databases of config.json; `*` is every one',
  },
  /** May call the assistant's language model. */
  ai: { kind: 'flag', service: 'ai', words: 'use the language model' },
  /**
   * May let the language model call the tools of all plugins, on behalf of whoever wrote. For
   * conversation plugins.
   */
  tools: {
    kind: 'flag',
    service: 'ai',
    words: 'let the language model call the tools of all plugins for whoever wrote',
  },
  /** Tables of its own. */
  database: { kind: 'flag', service: 'database', words: 'keep tables of its own' },
  /** May run at times of its choice; a manifest with `schedules` asks for it by itself. */
  schedule: { kind: 'flag', service: 'scheduler', words: 'run at times of its choice' },
  /** A folder of its own. */
  files: { kind: 'flag', service: 'files', words: 'keep files in a folder of its own' },
  /** May see every message and what came of it: for `observe`. */
  observe: { kind: 'flag', words: 'see every message and what came of it, after the answer' },
  /** May read the assistant's metrics: `services.statistics`. */
  metrics: { kind: 'flag', service: 'statistics', words: "read the assistant's metrics" },
  /** May manage the assistant for its owners; only plugins inside the assistant can have it. */
  admin: {
    kind: 'flag',
    service: 'admin',
    isInlineOnly: true,
    words: 'manage the assistant for its owners',
  },
} as const satisfies Readonly<Record<string, PermissionRow>>

export type PermissionName = keyof typeof PERMISSIONS

/**
 * What a plugin asks of its owner. `store`, `logger`, `metrics`, `captureException` and replying
 * need no permission.
 */
export type PluginPermissions = {
  readonly [Name in keyof typeof PERMISSIONS]?: (typeof PERMISSIONS)[Name]['kind'] extends 'list'
    ? readonly string[]
    : boolean
}
