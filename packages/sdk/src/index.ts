export type { LocalText } from './local-text.ts'
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
  PictureLimits,
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
export type { Callback, Command, GroupRights, MessageContext } from './context.ts'
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
  CredentialDefinition,
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
  CarriedText,
  Chat,
  DownloadableAttachment,
  IncomingMessage,
  TextEntity,
  Preview,
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
  TextStreamEnd,
} from './reply.ts'
export type { ObservedMessage } from './observe.ts'
export { hasRole, refusalFor } from './role.ts'
export type { Role } from './role.ts'
export type * from './services.ts'
export { definePluginReference } from './services/plugins.ts'
export type { ToolContext, ToolDefinition, ToolEffect } from './tool.ts'
export type { ToolUse } from './tool-use.ts'
export type { StandardSchemaV1 } from '@standard-schema/spec'
export { z } from 'zod'
