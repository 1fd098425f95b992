export { messageStoreContract, outboxPart, storedText } from './message-store-contract.ts'
