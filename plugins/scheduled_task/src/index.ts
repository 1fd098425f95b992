export { default } from './scheduled-task-plugin.ts'
