export { default } from './web-page-plugin.ts'
