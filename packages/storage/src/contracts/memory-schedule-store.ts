import type { ScheduleRecord, ScheduleStore } from './schedule-store.ts'

/** Keeps schedules in memory only: those without a name, and those of tests. */
export function createMemoryScheduleStore(): ScheduleStore {
  const records = new Map<string, ScheduleRecord>()
  const keyOf = (plugin: string, name: string): string => JSON.stringify([plugin, name])
  return {
    all: async () => [...records.values()],
    find: async (plugin, name) => records.get(keyOf(plugin, name)),
    async update(plugin, name, change) {
      const key = keyOf(plugin, name)
      const record = change(records.get(key))
      if (record) records.set(key, record)
      else records.delete(key)
      return record
    },
    async advance({ plugin, name, nextSlot }, progress) {
      const key = keyOf(plugin, name)
      const current = records.get(key)
      if (!current || current.isPaused || current.nextSlot !== nextSlot) return false
      records.set(key, { ...current, ...progress })
      return true
    },
    version: async () => 0,
    close: async () => records.clear(),
  }
}
