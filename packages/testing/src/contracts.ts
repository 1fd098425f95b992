export { messageStoreContract, outboxPart, storedText } from './message-store-contract.ts'
export { storeBackendContract } from './store-backend-contract.ts'
