export { default } from './dice-plugin.ts'
