/** Draws one picture and ends: it takes a second of a processor, which nobody else should wait for. */
import { parentPort, workerData } from 'node:worker_threads'
import { drawSvg } from './draw-svg.ts'

const png = await drawSvg(String(workerData))
parentPort?.postMessage(png, [png.buffer])
