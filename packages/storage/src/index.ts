export { createSqliteMessageStore } from './sqlite-message-store.ts'
export { openSqliteDatabase } from './sqlite-database.ts'
export { createSqlitePluginStores } from './sqlite-plugin-store.ts'
export type { PluginStores } from './sqlite-plugin-store.ts'
