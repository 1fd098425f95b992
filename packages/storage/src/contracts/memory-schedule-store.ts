import type { ScheduleRecord, ScheduleStore } from './schedule-store.ts'

/** Keeps schedules in memory only: those without a name, and those of tests. */
export function createMemoryScheduleStore(): ScheduleStore {
  /** By plugin, then by name. */
  const plugins = new Map<string, Map<string, ScheduleRecord>>()
  const recordsOf = (plugin: string): Map<string, ScheduleRecord> => {
    const known = plugins.get(plugin) ?? new Map<string, ScheduleRecord>()
    plugins.set(plugin, known)
    return known
  }
  return {
    all: async (plugin) =>
      plugin === undefined
        ? [...plugins.values()].flatMap((records) => [...records.values()])
        : [...recordsOf(plugin).values()],
    count: async (plugin) => recordsOf(plugin).size,
    find: async (plugin, name) => recordsOf(plugin).get(name),
    async update(plugin, name, change) {
      const records = recordsOf(plugin)
      const record = change(records.get(name))
      if (record) records.set(name, record)
      else records.delete(name)
      return record
    },
    async advance({ plugin, name, nextSlot }, progress) {
      const records = recordsOf(plugin)
      const current = records.get(name)
      if (!current || current.isPaused || current.nextSlot !== nextSlot) return false
      records.set(name, { ...current, ...progress })
      return true
    },
    version: async () => 0,
    close: async () => plugins.clear(),
  }
}
