export { default } from './reminders-plugin.ts'
