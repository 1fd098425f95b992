import { AI_METHODS } from './ai-service.ts'
import type { AiService } from './ai-service.ts'
import type { AssistantDirectory } from './assistant-directory.ts'
import type { EffectScope } from './effects.ts'
import type { CacheService } from './services/cache.ts'
import type { ConfigService } from './services/config.ts'
import type { AdminService } from './services/admin.ts'
import type { DatabaseService } from './services/database.ts'
import type { FilesService } from './services/files.ts'
import type { HttpService } from './services/http.ts'
import type { I18nService } from './services/i18n.ts'
import type { Logger } from './services/logger.ts'
import type { MetricsService } from './services/metrics.ts'
import type { PluginsService } from './services/plugins.ts'
import type { QueueService } from './services/queue.ts'
import type { RateLimitService } from './services/rate-limit.ts'
import type { StatisticsService } from './services/statistics.ts'
import type { SchedulerService } from './services/scheduler.ts'
import type { Store } from './services/store.ts'
import type { TelegramService } from './services/telegram.ts'
import type { PermissionName } from './permissions.ts'

export type * from './services/admin.ts'
export type * from './services/cache.ts'
export type * from './services/config.ts'
export type * from './services/database.ts'
export type * from './services/files.ts'
export type * from './services/http.ts'
export type * from './services/i18n.ts'
export type * from './services/logger.ts'
export type * from './services/metrics.ts'
export type * from './services/plugins.ts'
export type * from './services/queue.ts'
export type * from './services/rate-limit.ts'
export type * from './services/scheduler.ts'
export type * from './services/statistics.ts'
export type * from './services/store.ts'
export type * from './services/telegram.ts'

/** The services every plugin receives. */
export interface Services {
  readonly logger: Logger
  readonly store: Store
  readonly cache: CacheService
  readonly metrics: MetricsService
  /** Needs `permissions: { metrics: true }`. */
  readonly statistics: StatisticsService
  readonly rateLimit: RateLimitService
  readonly queue: QueueService
  readonly i18n: I18nService
  readonly config: ConfigService
  /** Needs `requires: [names]` in the manifest. */
  readonly plugins: PluginsService
  /** Needs `permissions: { ai: true }`; without it every call throws `PermissionError`. */
  readonly ai: AiService
  readonly assistant: AssistantDirectory
  readonly http: HttpService
  /** Needs `permissions: { database: true }`. */
  readonly database: DatabaseService
  /** Needs `permissions: { schedule: true }`. */
  readonly scheduler: SchedulerService
  readonly files: FilesService
  /** Sends messages that are not answers, and calls granted Bot API methods. */
  readonly telegram: TelegramService
  /** Only for plugins inside the assistant with `permissions: { admin: true }`. */
  readonly admin?: AdminService
  /** Things to undo when the plugin stops. */
  readonly effects: EffectScope
  /**
   * Reports an error you handled. It is logged with the plugin's name and your context, counted,
   * and sent to Sentry if configured.
   */
  captureException(error: unknown, context?: Readonly<Record<string, unknown>>): void
}

/**
 * How a service method works for a plugin in its own process.
 *
 * - `value`: sends plain data to the host and receives plain data
 * - `callback`: like `value`, and the host can call a function that stays in the process
 * - `stream`: receives text in chunks
 * - `note`: sends plain data to the host and receives nothing
 * - `here`: runs in the plugin's process
 * - `never`: available only to plugins inside the assistant
 */
export type MethodCrossing = 'value' | 'callback' | 'stream' | 'note' | 'here' | 'never'

/** The methods of a service. */
export type MethodOf<Service> = {
  [Key in keyof Service]: Service[Key] extends (...args: never[]) => unknown ? Key : never
}[keyof Service]

/** One service's row in the table. */
export interface ServiceRow<Service = unknown> {
  /**
   * Every method and how it crosses the process border. Empty for a service that is a single
   * function.
   */
  readonly methods: { readonly [Method in MethodOf<Service>]: MethodCrossing }
  /** Its title in the reference, if not its name. */
  readonly title?: string
  /** What it does, for docs/reference/services.md. */
  readonly words: string
  readonly limits?: string
  /** What the manifest must declare. */
  readonly permission?: `${PermissionName | 'requires'}: ${string}`
}

/**
 * Every service of a plugin. The calls a plugin process may make, its proxies and
 * docs/reference/services.md are derived from this table. Methods other than `value` implement
 * their crossing in the service's folder in packages/services.
 */
export const SERVICES = {
  logger: {
    methods: { debug: 'note', info: 'note', warn: 'note', error: 'note' },
    words: "Lines with the plugin's name, and chat and message it works on; secrets are masked",
    limits: '100 lines a second from a process',
  },
  captureException: {
    methods: {},
    title: 'captureException(error, context?)',
    words: 'Log, `plugin_exceptions_total`, and Sentry when `SENTRY_DSN` is set',
    limits:
      '60 events a minute to Sentry; ids of users and chats, names, texts and secrets are left out there',
  },
  metrics: {
    methods: { counter: 'note', gauge: 'note', histogram: 'note' },
    words: '`counter`, `gauge`, `histogram` as `plugin_NAME_…` at `/metrics`',
    limits: '50 metrics, 500 series, 8 labels',
  },
  statistics: {
    methods: { read: 'value' },
    title: 'statistics.read(names?)',
    words: "The assistant's metrics, to look at",
    permission: 'metrics: true',
  },
  store: {
    methods: {
      get: 'value',
      set: 'value',
      delete: 'value',
      update: 'callback',
      list: 'value',
      forChat: 'here',
      rolling: 'here',
    },
    words:
      'JSON by key, TTL, atomic `update`, `list`, `forChat(id)`; `rolling(name)` for journals, which makes room by itself; outlives restarts',
    limits: '100,000 keys, 64 MiB; rolling: four with 500,000 keys, 256 MiB; 1 MiB a value, 10 s a change',
  },
  cache: {
    methods: { get: 'value', set: 'value', delete: 'value', wrap: 'here' },
    words:
      'Values with TTL, in memory or on [a shared server](#a-cache-for-several-assistants); `wrap` makes a value once',
    limits: '10,000 entries, 8 MiB, 1 MiB a value, a day',
  },
  rateLimit: {
    methods: { take: 'value', require: 'value' },
    words: '`take`, `require`: so many in so much time, by key',
    limits: '10,000 keys; further ones share one count',
  },
  queue: {
    methods: { create: 'here' },
    title: 'queue.create(name, options?)',
    words: 'Jobs in order, a few at a time, with time-outs and back-pressure',
    limits: '20 queues, 10,000 waiting, 100 at once, an hour',
  },
  http: {
    methods: { fetch: 'value' },
    title: 'http.fetch',
    words: 'The guarded `fetch`: time-outs, retries, a cache by headers, a circuit and limits for each host',
    limits: '256 under way; a host 1,000 at once, 200 a second; 20 MiB an answer; 8 MiB cached',
    permission: 'network: [hosts]',
  },
  i18n: {
    methods: { t: 'here', language: 'here' },
    title: 'i18n.t(key, values?)',
    words: "Texts of `locales/*.json` in the user's language, ICU plurals and selects",
    limits: 'folder plugins',
  },
  plugins: {
    methods: { call: 'value', use: 'here' },
    words: 'Methods that other plugins provide (`provides` beside `processMessage`)',
    limits: '30 s a call',
    permission: 'requires: [names]',
  },
  config: {
    methods: { get: 'here', forChat: 'here', onChange: 'here' },
    words:
      "The plugin's block: `get()`, `forChat(chatId)`, `onChange`, which lets the plugin go on with a changed block",
    limits: 'checked by its schema before it arrives',
  },
  ai: {
    methods: aiCrossings(),
    words:
      "The assistant's language models: `streamText`, `generateObject`, `embed` … ([the guide](../guides/ai.md))",
    permission: 'ai: true',
  },
  database: {
    methods: {
      query: 'value',
      execute: 'value',
      transaction: 'value',
      kysely: 'here',
      migrate: 'value',
      open: 'value',
    },
    words:
      'Tables of its own; `open(name)` for the databases of config.json ([the guide](../guides/data-and-schedules.md))',
    permission: 'database: true',
  },
  scheduler: {
    methods: {
      every: 'callback',
      cron: 'callback',
      at: 'callback',
      list: 'value',
      cancel: 'value',
      pause: 'value',
      resume: 'value',
      runNow: 'value',
    },
    words: 'Work at certain times, durable under its name ([the guide](../guides/data-and-schedules.md))',
    permission: 'schedule: true',
  },
  files: {
    methods: { folder: 'value' },
    title: 'files.folder()',
    words: "The path of the plugin's own folder",
    permission: 'files: true',
  },
  telegram: {
    methods: { send: 'value', edit: 'value', delete: 'value', call: 'value' },
    words: 'Messages without being asked, and granted methods of the Bot API',
    limits: '5,000 messages wait',
  },
  assistant: {
    methods: { plugins: 'here' },
    words: "The assistant's name and its plugins",
  },
  effects: {
    methods: { add: 'here', setInterval: 'here', setTimeout: 'here', list: 'here' },
    words: 'Timers and what else must be undone when the plugin stops',
  },
  admin: {
    methods: {
      plugins: 'never',
      switchPlugin: 'never',
      restartPlugin: 'never',
      settings: 'never',
      changeSetting: 'never',
      offIn: 'never',
      switchIn: 'never',
      logLines: 'never',
      parties: 'never',
      decide: 'never',
    },
    words: 'Manages the assistant for its owners; only inside the assistant',
    permission: 'admin: true',
  },
} as const satisfies { readonly [Name in keyof Services]-?: ServiceRow<NonNullable<Services[Name]>> }

function aiCrossings(): { readonly [Method in keyof typeof AI_METHODS]: MethodCrossing } {
  const entries = Object.entries(AI_METHODS).map(([method, { crosses }]) => [method, crosses])
  return Object.fromEntries(entries) as ReturnType<typeof aiCrossings>
}
