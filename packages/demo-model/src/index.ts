export { createDemoModel } from './demo-model.ts'
