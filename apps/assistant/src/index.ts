export { startAssistant } from './assistant.ts'
export type { Assistant, AssistantOptions } from './assistant.ts'
