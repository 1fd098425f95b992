export { default } from './feeds-plugin.ts'
