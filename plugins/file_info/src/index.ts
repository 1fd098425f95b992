export { default } from './file-info-plugin.ts'
