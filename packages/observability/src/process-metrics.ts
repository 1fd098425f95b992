import { performance } from 'node:perf_hooks'
import type { ShowMetric } from './shown-metrics.ts'

/**
 * Memory, CPU time and event loop utilisation. prom-client's default metrics observe every garbage
 * collection; these are only read on each scrape.
 */
export function showProcess(show: ShowMetric): void {
  let busy = performance.eventLoopUtilization()
  show('process_cpu_seconds_total', () => {
    const { user, system } = process.cpuUsage()
    return (user + system) / 1_000_000
  })
  show('process_resident_memory_bytes', () => process.memoryUsage.rss())
  show('nodejs_heap_used_bytes', () => process.memoryUsage().heapUsed)
  show('nodejs_eventloop_utilization', () => {
    const now = performance.eventLoopUtilization()
    const { utilization } = performance.eventLoopUtilization(now, busy)
    busy = now
    return utilization
  })
}
