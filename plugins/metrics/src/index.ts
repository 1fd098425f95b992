export { default } from './metrics-plugin.ts'
