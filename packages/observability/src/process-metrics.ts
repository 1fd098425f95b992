import { performance } from 'node:perf_hooks'
import { Counter, Gauge } from 'prom-client'
import type { Registry } from 'prom-client'

/**
 * Memory, CPU time and event loop utilisation. prom-client's default metrics observe every garbage
 * collection; these are only read on each scrape.
 */
export function addProcessMetrics(registry: Registry): void {
  const registers = [registry]
  let busy = performance.eventLoopUtilization()
  const cpu: Counter = new Counter({
    name: 'process_cpu_seconds_total',
    help: 'Processor time of the assistant, without plugin processes',
    registers,
    collect() {
      const { user, system } = process.cpuUsage()
      cpu.reset()
      cpu.inc((user + system) / 1_000_000)
    },
  })
  const resident: Gauge = new Gauge({
    name: 'process_resident_memory_bytes',
    help: 'Memory of the assistant, without plugin processes',
    registers,
    collect: () => resident.set(process.memoryUsage.rss()),
  })
  const heap: Gauge = new Gauge({
    name: 'nodejs_heap_used_bytes',
    help: 'JavaScript objects in memory',
    registers,
    collect: () => heap.set(process.memoryUsage().heapUsed),
  })
  const utilization: Gauge = new Gauge({
    name: 'nodejs_eventloop_utilization',
    help: 'Part of the time, 0 to 1, in which the event loop was busy since it was last asked',
    registers,
    collect() {
      const now = performance.eventLoopUtilization()
      utilization.set(performance.eventLoopUtilization(now, busy).utilization)
      busy = now
    },
  })
}
