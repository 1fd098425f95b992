import { createMemoryMessageStore } from './memory-message-store.ts'
import { messageStoreContract } from './message-store-contract.ts'

messageStoreContract(() => ({ store: createMemoryMessageStore(), close() {} }))
