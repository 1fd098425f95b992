export { default } from './ai-chatbot.ts'
