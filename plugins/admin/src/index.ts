export { default } from './admin-plugin.ts'
