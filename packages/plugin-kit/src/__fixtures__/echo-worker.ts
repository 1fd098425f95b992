/** Follows its input: `loop`, `eat` or `throw`; otherwise returns it. */
import { parentPort, workerData } from 'node:worker_threads'

if (workerData === 'loop') for (;;);
if (workerData === 'throw') throw new Error('no luck')
if (workerData === 'eat') {
  const held: unknown[] = []
  for (;;) held.push(Array.from({ length: 100_000 }, () => ({})))
}
parentPort?.postMessage(workerData)
