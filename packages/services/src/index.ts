export { createDatabaseService } from './database/create-database-service.ts'
export { createMemoryDatabase } from './database/memory-database.ts'
export { openOwnDatabase } from './database/own-database-file.ts'
export type { OutsideConnection, OutsideDatabases } from './database/outside-database.ts'
