export type { AiOptions, AiSettings, AiTimeouts } from './ai-options.ts'
export { createAi } from './create-ai.ts'
export type { Ai, AiHealth, ModelReport } from './create-ai.ts'
export type { LocalServer } from './vendors.ts'
