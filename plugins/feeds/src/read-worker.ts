/** Reads one feed or page and ends. Hostile XML can only crash or stall this thread. */
import { parentPort, workerData } from 'node:worker_threads'
import { readInput, readWork } from './read-work.ts'

// oxlint-disable-next-line unicorn/require-post-message-target-origin -- a thread's port has no origin
parentPort?.postMessage(readWork(readInput.parse(workerData)))
