/**
 * Contracts between Pluggram's own packages: host, pipeline, storage and Telegram. Plugin authors
 * need nothing from here.
 */
export type { AccessControl, Admission, Notice } from './runtime/access-control.ts'
export { AI_METHODS, createAiService } from './ai-service.ts'
export type { AiMethodRow } from './ai-service.ts'
export { jsonSchemaOf } from './runtime/json-schema-of.ts'
export { SERVICES } from './services.ts'
export type { MethodCrossing, ServiceRow } from './services.ts'
export { ERRORS } from './error-table.ts'
export { Failure, FAILURES, fileFailure } from './runtime/failures.ts'
export type { FailureName } from './runtime/failures.ts'
export { createError } from './errors.ts'
export type { AnyErrorOptions } from './errors.ts'
export { DatabaseClient } from './runtime/database-client.ts'
export type { DatabaseCall, DatabaseDescription, DatabaseRequest } from './runtime/database-client.ts'
export type { AiAccount, AiAmount, AiLedger, AiLimit, AiReservationRequest } from './runtime/ai-ledger.ts'
export { addSchedule, createRefusedScheduler, SchedulerClient } from './runtime/scheduler-client.ts'
export type {
  ScheduleChange,
  SchedulerBackend,
  ScheduleRequest,
  ScheduleTimes,
} from './runtime/scheduler-client.ts'
export type { IncomingUpdate } from './runtime/incoming-update.ts'
export { readCommand } from './runtime/read-command.ts'
export { currentStep, errorName, inStep, recorded, STEP_KINDS } from './runtime/journey.ts'
export type { Journey, JourneyOutcome, Journeys, Step, StepFacts, StepKind } from './runtime/journey.ts'
export type { StoreBackend, StoredValue } from './runtime/store-backend.ts'
export type { MetricChange, MetricDefinition, MetricSink } from './runtime/metric-sink.ts'
export { noticeOf } from './runtime/chat-output.ts'
export type {
  CallSlot,
  ChatActions,
  ChatStanding,
  Format,
  MessageTransport,
  UndeliveredNotice,
  WrittenText,
} from './runtime/chat-output.ts'
export type { BotApiCaller, PluginChats, PostOffice, PostRequest } from './runtime/post.ts'
export type { TimeZones } from './runtime/time-zones.ts'
export { TOOL_EFFECTS } from './tool.ts'
export { PERMISSIONS } from './permissions.ts'
export type { PermissionRow } from './permissions.ts'
export { permissionLines, permissionRows, permissionShape } from './runtime/permission-lines.ts'
export type { PermissionLine } from './runtime/permission-lines.ts'
export { UnorderedList } from './runtime/unordered-list.ts'
export type { Listed } from './runtime/unordered-list.ts'
export { OWN_MESSAGE, POSTED_UPDATE_ID } from './runtime/message-store.ts'
export { answeredCalls, askHandlers, CALL_KINDS, CALLS, permittedCalls } from './runtime/plugin-calls.ts'
export type {
  Answer,
  Ask,
  CallContext,
  CallHandlers,
  CallKind,
  CallRules,
  ConfigIssue,
  PluginCalls,
  Question,
  ReconfigureOutcome,
} from './runtime/plugin-calls.ts'
export { ownCommands } from './runtime/plugin-registry.ts'
export type {
  PendingPlugin,
  PluginDescriptor,
  PluginRegistry,
  RunnablePlugin,
  ToolDescriptor,
} from './runtime/plugin-registry.ts'
export type { ScheduleDescriptor } from './runtime/plugin-registry.ts'
export type {
  DeliveryPolicy,
  LeftOver,
  MessageStore,
  OutboxRow,
  OutgoingMessage,
  ParkedUpdate,
  SentMessages,
  StoredUpdate,
} from './runtime/message-store.ts'
export { isCommandFor, localText, pluginTitle, PROGRAM_ID } from './runtime/people-words.ts'
