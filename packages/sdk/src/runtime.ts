/**
 * Contracts between the assistant's own packages: what the gateway hands to the pipeline, what the
 * pipeline needs from the sender and from the host. Plugin authors need nothing from here.
 */
export { DatabaseClient } from './runtime/database-client.ts'
export type { DatabaseCall, DatabaseDescription, DatabaseRequest } from './runtime/database-client.ts'
export type { IncomingUpdate } from './runtime/incoming-update.ts'
export type { Messenger, SettledReply } from './runtime/messenger.ts'
export type { PluginDescriptor, RunnablePlugin, PluginRegistry } from './runtime/plugin-registry.ts'
export type {
  DeliveryPolicy,
  InterimPart,
  InterimReply,
  MessageStore,
  OutboxEntry,
  OutboxPart,
  ParkedUpdate,
  StoredUpdate,
} from './runtime/message-store.ts'
