export { default } from './api-integration-plugin.ts'
