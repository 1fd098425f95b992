/** One permission's row in the table. */
export interface PermissionRow {
  /** A `flag` is requested with `true`, a `list` with names. */
  readonly kind: 'flag' | 'list'
  /**
   * The kind of names in the list. A granted host such as `*.example.com` covers its subdomains.
   */
  readonly items?: 'host' | 'name'
  /** The maximum length of a name. */
  readonly maxItemCharacters?: number
  /** The service it gives access to, if any. */
  readonly service?: string
  /** True when only plugins inside the assistant can use it, whatever the owner granted. */
  readonly isInlineOnly?: boolean
  /** What the plugin may do with it, for docs/reference/permissions.md. */
  readonly words: string
}

/**
 * Every permission a plugin can request. `PluginPermissions`, the manifest's schema, the checks on
 * plugin processes, the grants in plugins_config.json, `pluggram plugins grant` and
 * docs/reference/permissions.md are derived from this table. To add a permission, add a row here
 * and the code that enforces it.
 */
export const PERMISSIONS = {
  /**
   * Hosts it connects to: `api.example.com`, `*.example.com`, or `*` for the whole public internet.
   * A host inside the owner's network must be listed by its IP address. `localhost:8080` is that
   * port alone; the assistant's own web server is reached only by a grant that names its port.
   */
  network: {
    kind: 'list',
    items: 'host',
    maxItemCharacters: 260,
    service: 'http',
    words:
      'talk to these hosts; `*.example.com` is every host below, `*` every public one; `localhost:8080` is that port alone',
  },
  /**
   * Derived from the manifest's `credentials`, for the owner's grant; what a manifest writes here
   * itself is dropped.
   */
  credentials: {
    kind: 'list',
    items: 'name',
    maxItemCharacters: 500,
    service: 'http',
    words:
      'have the assistant add credentials of yours to its requests: the name, the exact host, the header. It never sees the value',
  },
  /** Bot API methods, beyond replying in the current chat. */
  telegram: {
    kind: 'list',
    items: 'name',
    maxItemCharacters: 100,
    service: 'telegram',
    words: 'call these methods of the Bot API; `sendMessage` lets it write to every chat',
  },
  /** Names of outside databases that the owner configured; `*` means all of them. */
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
   * May let the language model call the tools of all plugins on the user's behalf. For conversation
   * plugins.
   */
  tools: {
    kind: 'flag',
    service: 'ai',
    words: "let the language model call the tools of all plugins for the message's sender",
  },
  /** Its own database tables. */
  database: { kind: 'flag', service: 'database', words: 'keep tables of its own' },
  /** May run work on a schedule. A manifest with `schedules` requests it automatically. */
  schedule: { kind: 'flag', service: 'scheduler', words: 'run at times of its choice' },
  /** Its own folder. */
  files: { kind: 'flag', service: 'files', words: 'keep files in a folder of its own' },
  /** May see every message and its outcome; needed for `observe`. */
  observe: { kind: 'flag', words: 'see every message and what came of it, after the answer' },
  /** May read the assistant's metrics: `services.statistics`. */
  metrics: { kind: 'flag', service: 'statistics', words: "read the assistant's metrics" },
  /** May manage the assistant for its owners. Only plugins inside the assistant can have it. */
  admin: {
    kind: 'flag',
    service: 'admin',
    isInlineOnly: true,
    words: 'manage the assistant for its owners',
  },
} as const satisfies Readonly<Record<string, PermissionRow>>

export type PermissionName = keyof typeof PERMISSIONS

/**
 * The permissions a plugin requests. `store`, `logger`, `metrics`, `captureException` and replying
 * need none.
 */
export type PluginPermissions = {
  readonly [Name in keyof typeof PERMISSIONS]?: (typeof PERMISSIONS)[Name]['kind'] extends 'list'
    ? readonly string[]
    : boolean
}
