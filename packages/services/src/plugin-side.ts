export { createMetricsService } from './metrics/metrics-service.ts'
