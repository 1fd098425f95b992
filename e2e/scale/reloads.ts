/**
 * Saves plugins again and again while the real assistant runs, and measures what that leaves behind
 * in it: `npm run test:reloads` (1,000 reloads after 600 to warm up), or
 * `node e2e/scale/reloads.ts 200`.
 */
import { readdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { startAssistant } from '../support/assistant.ts'
import type { RunningAssistant } from '../support/assistant.ts'
import { ask, createPerson, startEmulator, TOKEN } from '../support/emulator.ts'
import { createHome, removeHomes } from '../support/home.ts'
import { countChildren } from '../support/measured-process.ts'
import { stopAllPrograms } from '../support/program.ts'

/** What the assistant holds at one moment. */
interface Holdings {
  readonly files: number
  readonly children: number
  readonly timers: number
  readonly handles: number
}

export interface ReloadFigures {
  readonly reloads: number
  /** The slope of the used heap, by least squares over all samples after the warm-up. */
  readonly heapBytesPerReload: number
  /**
   * The same without compiled code: during some 600 reloads, V8 compiles each frequently used
   * function once.
   */
  readonly dataBytesPerReload: number
  /** The slope of the number of JavaScript objects; 1 means that each reload leaks one. */
  readonly objectsPerReload: number
  readonly before: Holdings
  readonly after: Holdings
}

interface Gauge {
  readonly objects: number
  readonly heap: number
  readonly data: number
  readonly timers: number
  readonly handles: number
}

const NAMES = Array.from({ length: 8 }, (_, index) => `saved_${index}`)
const FEWEST_WARM_UP_ROUNDS = 2
const WARM_UP_SHARE = 0.6
const RELOAD_MS = 60_000
/**
 * Pauses between polls, calls to Telegram and their buffers come and go. Leaks are there in every
 * sample.
 */
const LOOKS = 3
const LOOK_MS = 150
const SETTLE_MS = 60_000
/** So many fill the database's log, and its thread starts. */
const LOG_MESSAGES = 100

/** Trusted, so that it runs inside the assistant and can inspect it. */
const GAUGE = `import v8 from 'node:v8'
export default class {
  static manifest = { commands: { gauge: { description: 'Tells what the assistant holds' } } }
  async processMessage(message, { command }) {
    if (!command) return
    const least = {}
    for (let look = 0; look < Number(message.split(' ')[1]); look += 1) {
      await new Promise((resolve) => setTimeout(resolve, ${LOOK_MS}))
      for (const [kind, value] of Object.entries(holds())) least[kind] = Math.min(value, least[kind] ?? value)
    }
    return { success: true, response: JSON.stringify(least) }
  }
}
function holds() {
  // collects the garbage before it counts
  const objects = v8.queryObjects(Object, { format: 'count' })
  const kinds = process.getActiveResourcesInfo()
  const timers = kinds.filter((kind) => kind === 'Timeout').length
  const spaces = v8.getHeapSpaceStatistics()
  const sum = (list) => list.reduce((total, space) => total + space.space_used_size, 0)
  const data = sum(spaces.filter((space) => !/code|trusted/.test(space.space_name)))
  return { objects, heap: sum(spaces), data, timers, handles: kinds.length - timers }
}`

function source(name: string, version: number): string {
  return `export default class {
  static manifest = { commands: { ${name}: { description: 'Tells its version' } } }
  processMessage(message, { command }) { if (command) return { success: true, response: 'version ${version}' } }
}`
}

export async function measureReloads(reloads: number): Promise<ReloadFigures> {
  // the emulator keeps messages; in its own process they do not count
  const emulator = await startEmulator()
  const home = await createHome({
    ...Object.fromEntries(NAMES.map((name) => [`plugins/${name}.js`, source(name, 0)])),
    'plugins/gauge.js': GAUGE,
    'plugins_config.json': {
      enabled_plugins: Object.fromEntries(['gauge', ...NAMES].map((name) => [name, true])),
    },
    'config.json': {
      // their ring fills up with the messages of the measurement
      journeys: { keep: 0 },
      plugin_host: { plugins: { gauge: { isolation: 'inline' } } },
    },
  })
  const assistant = await startAssistant(home, {
    TELEGRAM_BOT_TOKEN: TOKEN,
    TELEGRAM_API_ROOT: emulator.url,
  })
  const person = await createPerson(emulator.driver)
  const gauge = async (looks = LOOKS): Promise<Gauge> => {
    const [answer = ''] = await ask(emulator.driver, person, `/gauge ${looks}`)
    return JSON.parse(answer) as Gauge
  }
  const holdings = async (): Promise<Holdings> => {
    const { timers, handles } = await gauge()
    const files = (await readdir(`/proc/${assistant.pid}/fd`)).length
    return { files, children: await countChildren(assistant.pid), timers, handles }
  }

  const rounds = Math.ceil(reloads / NAMES.length)
  let version = 0
  const nextRound = async (): Promise<void> => {
    version += 1
    await saveAll(assistant, home, version)
  }
  const warmUp = Math.max(FEWEST_WARM_UP_ROUNDS, Math.ceil(rounds * WARM_UP_SHARE))
  for (let round = 0; round < warmUp; round += 1) {
    await nextRound()
    await gauge(1)
  }
  // what the database starts when its log grows is there before anything is counted
  for (let message = 0; message < LOG_MESSAGES; message += 1) await ask(emulator.driver, person, '/saved_0')
  await settle(assistant)
  const before = await holdings()
  const samples: (Gauge & { readonly reloads: number })[] = []
  for (let round = 1; round <= rounds; round += 1) {
    await nextRound()
    samples.push({ ...(await gauge()), reloads: round * NAMES.length })
  }
  const [first = ''] = NAMES
  const [answer] = await ask(emulator.driver, person, `/${first}`)
  if (answer !== `version ${version}`) throw new Error(`${first} answered ${answer}, not version ${version}`)
  await settle(assistant)
  const after = await holdings()
  const code = await assistant.stop()
  if (code !== 0) throw new Error(`the assistant ended with ${code}`)
  await emulator.program.stop()
  return {
    reloads: rounds * NAMES.length,
    heapBytesPerReload: Math.round(slope(samples.map(({ reloads: x, heap }) => [x, heap]))),
    dataBytesPerReload: Math.round(slope(samples.map(({ reloads: x, data }) => [x, data]))),
    objectsPerReload: Number(slope(samples.map(({ reloads: x, objects }) => [x, objects])).toFixed(2)),
    before,
    after,
  }
}

async function saveAll(assistant: RunningAssistant, home: string, version: number): Promise<void> {
  const from = assistant.output().length
  for (const name of NAMES) await writeFile(join(home, `plugins/${name}.js`), source(name, version))
  const end = Date.now() + RELOAD_MS
  for (;;) {
    const said = assistant.output().slice(from)
    if (NAMES.every((name) => new RegExp(`reloaded: [^"]*\\b${name}\\b`).test(said))) return
    if (Date.now() > end) throw new Error(`not reloaded within ${RELOAD_MS} ms:\n${said}`)
    await sleep(20)
  }
}

/** Waits until every plugin has exactly one process again. */
async function settle(assistant: RunningAssistant): Promise<void> {
  const end = Date.now() + SETTLE_MS
  while ((await countChildren(assistant.pid)) > NAMES.length) {
    if (Date.now() > end) throw new Error('replaced processes do not end')
    await sleep(100)
  }
  // their handles are closed a moment later
  await sleep(1_000)
}

/** The slope of y over x. */
function slope(points: readonly (readonly [number, number])[]): number {
  const count = points.length
  const meanX = points.reduce((sum, [x]) => sum + x, 0) / count
  const meanY = points.reduce((sum, [, y]) => sum + y, 0) / count
  const covariance = points.reduce((sum, [x, y]) => sum + (x - meanX) * (y - meanY), 0)
  return covariance / points.reduce((sum, [x]) => sum + (x - meanX) ** 2, 0)
}

if (import.meta.main) {
  try {
    const figures = await measureReloads(Number(process.argv[2] ?? 1_000))
    process.stdout.write(`${JSON.stringify(figures, null, 2)}\n`)
  } finally {
    await stopAllPrograms()
    await removeHomes()
  }
}
