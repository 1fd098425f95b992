import { definePart } from '@pluggram/assembly'
import { createAssistantMetrics } from '@pluggram/observability'
import { metrics } from './tokens.ts'

/** What is counted; shown at `/metrics`. */
export const assistantMetrics = definePart({
  name: 'metrics',
  gives: metrics,
  start: () => createAssistantMetrics(),
})
