export { default } from './knowledge-plugin.ts'
