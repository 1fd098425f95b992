import { storeBackendContract } from '@pluggram/testing/contracts'
import { MemoryStoreBackend } from './memory-store-backend.ts'

storeBackendContract('in memory', ({ now }) => {
  const backends = new Map<string, MemoryStoreBackend>()
  return {
    forPlugin(name) {
      const backend = backends.get(name) ?? new MemoryStoreBackend(now)
      backends.set(name, backend)
      return backend
    },
    close() {},
  }
})
