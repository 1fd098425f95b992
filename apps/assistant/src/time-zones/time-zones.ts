import { machineTimeZone } from '@pluggram/base'
import type { TimeZones } from '@pluggram/sdk/runtime'
import type { TimeZoneStore } from '@pluggram/storage'

/** The zones that hold, by what people set and by the assistant's own zone. */
export interface KnownTimeZones extends TimeZones {
  readonly store: TimeZoneStore
  /** The zone of everybody who set none. */
  readonly own: string
}

/**
 * @param configured `assistant.time_zone`; the whole process takes it over, so that schedules without
 *   a zone, plugins' processes and the machine's clock agree. Default: the machine's zone.
 */
export function createTimeZones(store: TimeZoneStore, configured: string | undefined): KnownTimeZones {
  if (configured !== undefined) process.env.TZ = configured
  const own = machineTimeZone()
  return {
    store,
    own,
    of: (userId, chatId) => store.of(userId) ?? store.of(chatId) ?? own,
    withZone(chat) {
      const timeZone = chat.type === 'private' ? undefined : store.of(chat.id)
      return timeZone === undefined ? chat : { ...chat, timeZone }
    },
  }
}
