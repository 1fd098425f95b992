/** Extracts one page's text and ends. Hostile HTML can only crash or stall this thread. */
import { parentPort, workerData } from 'node:worker_threads'
import { extractText } from './extract-text.ts'

parentPort?.postMessage(extractText(String(workerData)))
