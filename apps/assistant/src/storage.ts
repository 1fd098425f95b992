import type {
  AccessStore,
  ChatMoves,
  ChatSettings,
  JourneyStore,
  PluginStores,
  StoredPluginChats,
  TimeZoneStore,
} from '@pluggram/storage'
import type { ScheduleStore } from '@pluggram/storage/contracts'
import type { AiLedger, MessageStore } from '@pluggram/sdk/runtime'

/** All of the assistant's storage. */
export interface Storage {
  readonly messages: MessageStore
  readonly pluginStores: PluginStores
  readonly pluginChats: StoredPluginChats
  readonly chatSettings: ChatSettings
  readonly access: AccessStore
  readonly chatMoves: ChatMoves
  readonly timeZones: TimeZoneStore
  readonly aiLedger: AiLedger
  readonly schedules: ScheduleStore
  readonly journeys: JourneyStore
}
