export { createMemoryScheduleStore } from './memory-schedule-store.ts'
export type { ScheduleProgress, ScheduleRecord, ScheduleStore, UsedSlots } from './schedule-store.ts'
