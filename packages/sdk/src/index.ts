export type { AiService, ChatMessage, ModelDescription, TextRequest, ToolUse } from './ai-service.ts'
export type { AssistantDirectory, CommandSummary, PluginSummary } from './assistant-directory.ts'
export type { Awaitable } from './awaitable.ts'
export type { Callback, Command, MessageContext } from './context.ts'
export type { Disposer, EffectScope } from './effects.ts'
export {
  AiError,
  DeliveryError,
  ERROR_CODES,
  errorMessage,
  isPluggramError,
  PermissionError,
  PluggramError,
  StoreError,
} from './errors.ts'
export type { ErrorCode } from './errors.ts'
export type {
  CommandContext,
  CommandDefinition,
  ConfiguredManifest,
  PluginIsolation,
  PluginManifest,
  PluginPermissions,
  PluginTimeouts,
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
export type { Role } from './role.ts'
export type { FilesService, HttpService, Logger, Services, Store } from './services.ts'
export type { ToolContext, ToolDefinition, ToolEffect } from './tool.ts'
export type { StandardSchemaV1 } from '@standard-schema/spec'
export { z } from 'zod'
