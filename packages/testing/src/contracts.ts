export { messageStoreContract, outboxPart, storedText, unfinished, unsent } from './message-store-contract.ts'
export { storeBackendContract } from './store-backend-contract.ts'
export { scheduleRecord, scheduleStoreContract } from './schedule-store-contract.ts'
