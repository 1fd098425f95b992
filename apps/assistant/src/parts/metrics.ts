import { definePart } from '@pluggram/assembly'
import { createAssistantMetrics } from '@pluggram/observability'
import { metrics } from './tokens.ts'

/** The metrics shown at `/metrics`. */
export const assistantMetrics = definePart({
  name: 'metrics',
  gives: metrics,
  start: () => createAssistantMetrics(),
})
