export { createPipeline } from './pipeline.ts'
export type { Pipeline, PipelineOptions, PipelineStats } from './pipeline.ts'
