/** Extracts one page's text and ends: what hostile HTML takes, it takes from this thread only. */
import { parentPort, workerData } from 'node:worker_threads'
import { extractText } from './extract-text.ts'

parentPort?.postMessage(extractText(String(workerData)))
