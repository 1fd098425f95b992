/** Reads one feed or page and ends: what hostile XML takes, it takes from this thread only. */
import { parentPort, workerData } from 'node:worker_threads'
import { readInput, readWork } from './read-work.ts'

// oxlint-disable-next-line unicorn/require-post-message-target-origin -- a thread's port has no origin
parentPort?.postMessage(readWork(readInput.parse(workerData)))
