export { default } from './polls-and-forms-plugin.ts'
