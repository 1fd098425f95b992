/**
 * A thread that notices while the event loop is blocked, when the assistant itself can neither log
 * nor answer. It asks the debugger where the code is, and writes a line at once.
 *
 * Plain JavaScript: a thread that reads TypeScript loads what removes the types, 12 MB of memory.
 */
import { writeSync } from 'node:fs'
import { Session } from 'node:inspector'
import { isatty } from 'node:tty'
import { parentPort, workerData } from 'node:worker_threads'

const LOOK_MS = 1_000
/** Code that only calls system functions cannot be paused. */
const PAUSE_MS = 2_000
const STANDARD_OUTPUT = 1

const { beats, blockedMs } = workerData
const counter = new Int32Array(beats)
let last = -1
let looked = performance.now()
let since = performance.now()
let isTold = false

setInterval(() => {
  const beat = Atomics.load(counter, 0)
  const now = performance.now()
  // whatever stopped this thread has stopped everything
  const wasStopped = now - looked > 2 * LOOK_MS
  looked = now
  if (beat !== last || wasStopped) {
    last = beat
    since = performance.now()
    isTold = false
    return
  }
  if (isTold || performance.now() - since < blockedMs) return
  isTold = true
  findPlace((place) => {
    parentPort?.postMessage(place)
    tell(place)
  })
}, LOOK_MS)

/** Calls back with the function that runs, and its file and line; with nothing when it cannot be found. */
function findPlace(done) {
  const session = new Session()
  const files = new Map()
  let isOver = false
  const end = (place) => {
    if (isOver) return
    isOver = true
    clearTimeout(timer)
    try {
      session.disconnect()
    } catch {
      // it was not connected
    }
    done(place)
  }
  const timer = setTimeout(end, PAUSE_MS)
  try {
    session.connectToMainThread()
    session.on('Debugger.scriptParsed', ({ params }) => files.set(params.scriptId, params.url))
    session.on('Debugger.paused', ({ params }) => {
      const places = params.callFrames.map(({ functionName, url, location }) => {
        const file = (url || files.get(location.scriptId) || '').replace(/^file:\/\//, '')
        return { file, text: `${functionName || 'a function'} (${file}:${location.lineNumber + 1})` }
      })
      const own = places.find(({ file }) => file !== '' && !file.startsWith('node:'))
      session.post('Debugger.resume', () => end((own ?? places[0])?.text))
    })
    session.post('Debugger.enable', () => session.post('Debugger.pause'))
  } catch {
    end()
  }
}

function tell(place) {
  const message = 'the event loop is blocked; nothing else runs'
  const seconds = Math.round((performance.now() - since) / 1_000)
  const line = isatty(STANDARD_OUTPUT)
    ? `ERROR: ${message} (${seconds} s${place === undefined ? '' : `, in ${place}`})`
    : JSON.stringify({ level: 'error', time: new Date().toISOString(), seconds, place, msg: message })
  try {
    writeSync(STANDARD_OUTPUT, `${line}\n`)
  } catch {
    // nobody reads it
  }
}
