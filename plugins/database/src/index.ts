export { default } from './database-plugin.ts'
