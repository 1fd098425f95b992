export type {
  AiAbilities,
  AiRequest,
  AiService,
  AiSubject,
  AiUsage,
  ChatMessage,
  EmbedRequest,
  EmbedResult,
  ModelChoice,
  ModelDescription,
  ModelFile,
  ModelInput,
  ObjectRequest,
  ObjectResult,
  SpeakRequest,
  SpeakResult,
  TextEnd,
  TextRequest,
  TextResult,
  TranscribeRequest,
  TranscribeResult,
} from './ai-service.ts'
export type { AiUsageLine, AiUsagePeriod, AiUsageReport, AiUsageScope } from './ai-usage.ts'
export type { AssistantDirectory, CommandSummary, PluginSummary } from './assistant-directory.ts'
export type { Awaitable } from './awaitable.ts'
export type { Callback, Command, MessageContext } from './context.ts'
export type { Disposer, EffectScope } from './effects.ts'
export {
  AiError,
  DatabaseError,
  DeliveryError,
  errorMessage,
  isPluggramError,
  LimitError,
  MetricError,
  PermissionError,
  PluggramError,
  ScheduleError,
  StoreError,
} from './errors.ts'
export { ERROR_CODES } from './error-table.ts'
export type { ErrorCode } from './error-table.ts'
export type {
  CommandContext,
  CommandDefinition,
  ConfiguredManifest,
  PluginIsolation,
  PluginManifest,
  PluginTimeouts,
  ScheduleContext,
  ScheduleDefinition,
  UpdateKind,
} from './manifest.ts'
export type {
  Attachment,
  Chat,
  DownloadableAttachment,
  IncomingMessage,
  TextEntity,
  User,
} from './message.ts'
export type { PermissionName, PluginPermissions } from './permissions.ts'
export { defineManifest, definePlugin, isPluginDefinition } from './plugin.ts'
export type { AssistantConfig, Plugin, PluginClass, PluginDefinition, SetupContext } from './plugin.ts'
export type {
  Button,
  Media,
  PluginResponse,
  PluginResult,
  PluginStatus,
  Reply,
  SentMessage,
  TextFormat,
} from './reply.ts'
export type { ObservedMessage } from './observe.ts'
export type { Role } from './role.ts'
export type { Services } from './services.ts'
export type { CacheOptions, CacheService } from './services/cache.ts'
export type { ConfigService } from './services/config.ts'
export type {
  DatabaseService,
  OutsideDatabase,
  QueryOptions,
  SqlParameter,
  SqlResult,
  SqlRunner,
  SqlStatement,
} from './services/database.ts'
export type { FilesService } from './services/files.ts'
export type { HttpService } from './services/http.ts'
export type { I18nService, MessageValues } from './services/i18n.ts'
export type { Logger } from './services/logger.ts'
export type {
  Counter,
  Gauge,
  Histogram,
  HistogramOptions,
  MetricLabels,
  MetricOptions,
  MetricsService,
} from './services/metrics.ts'
export { definePluginReference } from './services/plugins.ts'
export type { PluginReference, PluginsService, ProvidedMethods, Remote } from './services/plugins.ts'
export type { Queue, QueueOptions, QueueService } from './services/queue.ts'
export type { RateLimitRule, RateLimitService, RateLimitState } from './services/rate-limit.ts'
export type { MetricReading, MetricSample, StatisticsService } from './services/statistics.ts'
export type {
  CronOptions,
  MissedPolicy,
  ScheduledRun,
  ScheduleHandler,
  ScheduleInfo,
  ScheduleOptions,
  SchedulerService,
} from './services/scheduler.ts'
export type { Store } from './services/store.ts'
export type {
  AdminParty,
  AdminPlugin,
  AdminService,
  AdminSetting,
  AdminSettingChange,
  AdminStanding,
} from './services/admin.ts'
export type { SendOptions, TelegramService, WholeReply } from './services/telegram.ts'
export type { ToolContext, ToolDefinition, ToolEffect } from './tool.ts'
export type { ToolUse } from './tool-use.ts'
export type { StandardSchemaV1 } from '@standard-schema/spec'
export { z } from 'zod'
