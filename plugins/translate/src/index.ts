export { default } from './translate-plugin.ts'
