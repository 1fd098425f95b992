import type { ScheduleProgress, ScheduleRecord, ScheduleStore } from './schedule-record.ts'

/** Schedules that end with the program. */
export function createMemoryScheduleStore(): ScheduleStore {
  const records = new Map<string, ScheduleRecord>()
  const keyOf = (plugin: string, name: string): string => JSON.stringify([plugin, name])
  const change = (plugin: string, name: string, members: Partial<ScheduleRecord>): boolean => {
    const record = records.get(keyOf(plugin, name))
    if (record) records.set(keyOf(plugin, name), { ...record, ...members })
    return record !== undefined
  }
  return {
    all: () => [...records.values()],
    find: (plugin, name) => records.get(keyOf(plugin, name)),
    put: (record) => void records.set(keyOf(record.plugin, record.name), record),
    atomically: (work) => work(),
    advance({ plugin, name, nextSlot }, progress: ScheduleProgress) {
      const current = records.get(keyOf(plugin, name))
      return current?.nextSlot === nextSlot && !current?.isPaused && change(plugin, name, progress)
    },
    setPaused: (plugin, name, isPaused, nextSlot) => change(plugin, name, { isPaused, nextSlot }),
    remove: (plugin, name) => records.delete(keyOf(plugin, name)),
    version: () => 0,
    close: () => records.clear(),
  }
}
