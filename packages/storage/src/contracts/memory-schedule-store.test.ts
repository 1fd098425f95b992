import { scheduleStoreContract } from '@pluggram/testing/contracts'
import { createMemoryScheduleStore } from './memory-schedule-store.ts'

scheduleStoreContract(() => ({ store: createMemoryScheduleStore() }))
