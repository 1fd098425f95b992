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

/** What every plugin receives. */
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
  /** Messages without being asked, and granted methods of the Bot API. */
  readonly telegram: TelegramService
  /** Only for plugins inside the assistant with `permissions: { admin: true }`. */
  readonly admin?: AdminService
  /** What must be undone when the plugin stops. */
  readonly effects: EffectScope
  /**
   * Reports an error you handled: it is logged with the plugin's name and your context, counted,
   * and sent to Sentry if there is one.
   */
  captureException(error: unknown, context?: Readonly<Record<string, unknown>>): void
}
