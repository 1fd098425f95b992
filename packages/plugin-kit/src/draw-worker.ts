/**
 * Renders one picture and exits. Rendering takes a second of CPU time, which must not block other
 * work.
 */
import { parentPort, workerData } from 'node:worker_threads'
import { drawSvg } from './draw-svg.ts'

const png = await drawSvg(String(workerData))
parentPort?.postMessage(png, [png.buffer])
