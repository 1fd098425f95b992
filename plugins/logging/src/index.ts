export { default } from './logging-plugin.ts'
