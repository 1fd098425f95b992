import { rename, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { logIn, startAssistant } from '../support/assistant.ts'
import type { RunningAssistant, Session } from '../support/assistant.ts'
import { ask, botMessages, createPerson, write } from '../support/emulator.ts'
import { createHome } from '../support/home.ts'
import { START_SECONDS } from './bad-starts.ts'
import type { BadStart } from './bad-starts.ts'
import { countChildren, residentMegabytes } from '../support/measured-process.ts'
import { toSource } from './specimens.ts'
import type { Specimen } from './specimens.ts'

const MEMORY_MB = 192
const CANARY = 'canary-3f9a61c2e8'

const HEALTHY = `export default class {
  constructor(config) { this.secret = config.plugins.healthy.secret_key }
  async processMessage(message) { if (message.startsWith('well?')) return { success: true, response: message + ' well' } }
}`
const NAMED_MS = 2_000
const ENDED_MS = 5_000
/** A busy machine may be slow to deliver the command to the plugin; that is not measured. */
const BEGIN_MS = 20_000
const ANSWER_MS = 15_000

/** An assistant with misbehaving plugins and a healthy one. */
export interface Zoo {
  readonly home: string
  readonly assistant: RunningAssistant
  readonly driver: Session
  /** Stops the assistant; returns its exit code and the number of processes it left. */
  close(): Promise<{ code: unknown; left: number }>
}

/** Starts an assistant with these plugins. Those with a bad start stay off until `observeStart`. */
export async function openZoo(
  specimens: readonly Specimen[],
  badStarts: readonly BadStart[] = [],
): Promise<Zoo> {
  const names = ['healthy', ...specimens.map(({ name }) => name)]
  const home = await createHome({
    ...Object.fromEntries(specimens.map((specimen) => [`plugins/${specimen.name}.js`, toSource(specimen)])),
    ...Object.fromEntries(badStarts.map(({ name, source }) => [`plugins/${name}.js`, source])),
    'plugins/healthy.js': HEALTHY,
    'plugins_config.json': switches(names),
    'config.json': {
      limits: { plugin_timeout_seconds: 2 },
      plugin_host: {
        memory_mb: MEMORY_MB,
        plugins: Object.fromEntries(badStarts.map(({ name }) => [name, { start_seconds: START_SECONDS }])),
      },
      plugins: { healthy: { secret_key: CANARY } },
    },
  })
  const assistant = await startAssistant(home, { HOST_SECRET_TOKEN: CANARY })
  const driver = await logIn(assistant)
  // all plugins run before the first one misbehaves
  await assistantKnows(assistant, names.length)
  return {
    home,
    assistant,
    driver,
    async close() {
      const code = await assistant.stop()
      return { code, left: await countChildren(assistant.pid) }
    },
  }
}

/** Triggers a specimen by its command and returns everything that is wrong. */
export async function observe(zoo: Zoo, specimen: Specimen): Promise<string[]> {
  const { driver } = zoo
  const visitor = await createPerson(driver, 'Visitor')
  const said = follow(zoo)
  await write(driver, visitor, `/${specimen.name}`)
  const complaints = await watch(zoo, specimen, said)
  const { answer } = specimen
  const answers = answer ? (await botMessages(driver, visitor.id, 1, ANSWER_MS)).map(({ text }) => text) : []
  return [
    ...complaints,
    ...complain(
      answer?.test(answers.join('\n')) === false,
      `the chat reads ${answers.join(' | ').slice(0, 500)}`,
    ),
    ...(await lookAfter(zoo, said)),
  ]
}

/** Switches on a plugin with a bad start, and returns everything that is wrong. */
export async function observeStart(zoo: Zoo, badStart: BadStart): Promise<string[]> {
  const said = follow(zoo)
  const file = join(zoo.home, 'plugins_config.json')
  await writeFile(`${file}.tmp`, JSON.stringify(switches(['healthy', badStart.name])))
  await rename(`${file}.tmp`, file)
  return [...(await watch(zoo, { ...badStart, isEnded: true }, said)), ...(await lookAfter(zoo, said))]
}

type Watched = Pick<Specimen, 'name' | 'named' | 'isEnded' | 'afterSeconds'>

/**
 * Watches a plugin's process and the log from the start of its act. The start message and the log
 * lines contain their own times, so delays on the way to this test do not count.
 */
async function watch(zoo: Zoo, specimen: Watched, said: () => string): Promise<string[]> {
  const { named, isEnded = false, afterSeconds = 0 } = specimen
  const begin = await waitForBegin(specimen.name, said)
  const dueAt = begin.at + afterSeconds * 1_000
  let peakMb = 0
  let namedAt: number | undefined
  let endedAt: number | undefined
  while (Date.now() < dueAt + ENDED_MS + 1_000) {
    const megabytes = await residentMegabytes(begin.pid)
    if (megabytes === undefined) endedAt ??= Date.now()
    else peakMb = Math.max(peakMb, megabytes)
    if (named) namedAt ??= timeOf(named, said())
    const isSeen = (!named || namedAt !== undefined) && (!isEnded || endedAt !== undefined)
    if (isSeen && Date.now() > Math.min(dueAt, begin.at + 2_000)) break
    await sleep(50)
  }
  const namedMs = (namedAt ?? Number.POSITIVE_INFINITY) - dueAt
  const endedMs = (endedAt ?? Number.POSITIVE_INFINITY) - dueAt
  return [
    ...complain(named !== undefined && namedMs > NAMED_MS, `named after ${namedMs} ms:\n${said()}`),
    ...complain(isEnded && endedMs > ENDED_MS, `ended after ${endedMs} ms:\n${said()}`),
    ...complain(peakMb > MEMORY_MB * 1.2, `used ${peakMb} MB`),
  ]
}

async function lookAfter({ driver }: Zoo, said: () => string): Promise<string[]> {
  const well = await createPerson(driver, 'Well')
  const [greeting] = await ask(driver, well, 'well? after')
  return [
    ...complain(said().includes(CANARY), 'the canary is in the log'),
    ...complain(greeting !== 'well? after well', `the healthy plugin said ${greeting}`),
  ]
}

function complain(isWrong: boolean, words: string): string[] {
  return isWrong ? [words.slice(0, 5_000)] : []
}

/** The assistant's output from now on. */
function follow({ assistant }: Zoo): () => string {
  const from = assistant.output().length
  return () => assistant.output().slice(from)
}

const BEGIN_LINE = /zoo begin (?<pid>\d+) (?<at>\d+)/

async function waitForBegin(name: string, said: () => string): Promise<{ pid: number; at: number }> {
  const end = Date.now() + BEGIN_MS
  for (;;) {
    const { pid, at } = BEGIN_LINE.exec(said())?.groups ?? {}
    if (pid !== undefined && at !== undefined) return { pid: Number(pid), at: Number(at) }
    if (Date.now() > end) throw new Error(`${name} did not begin:\n${said()}`)
    await sleep(20)
  }
}

/** When the log first contained these words. */
function timeOf(words: RegExp, output: string): number | undefined {
  const line = output.split('\n').find((text) => words.test(text) && !BEGIN_LINE.test(text))
  const time = line === undefined ? undefined : /"time":"?(?<time>[^",}]+)/.exec(line)?.groups?.['time']
  if (time === undefined) return undefined
  return /^\d+$/.test(time) ? Number(time) : Date.parse(time)
}

function switches(names: readonly string[]): object {
  return { enabled_plugins: Object.fromEntries(names.map((name) => [name, true])) }
}

async function assistantKnows(assistant: RunningAssistant, count: number): Promise<void> {
  const end = Date.now() + 30_000
  for (;;) {
    const report = (await (await fetch(`${assistant.url}/readyz`)).json()) as {
      components: { plugins: { plugins: Record<string, { state: string; isolation: string }> } }
    }
    const ready = Object.values(report.components.plugins.plugins).filter(
      ({ state, isolation }) => isolation === 'process' && (state === 'running' || state === 'idle'),
    )
    if (ready.length === count) return
    if (Date.now() > end)
      throw new Error(`${ready.length} of ${count} plugins are ready:\n${assistant.output()}`)
    await sleep(100)
  }
}
