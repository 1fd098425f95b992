import { readdir, readFile } from 'node:fs/promises'
import { setTimeout as sleep } from 'node:timers/promises'
import { logIn, startAssistant } from '../support/assistant.ts'
import type { RunningAssistant, Session } from '../support/assistant.ts'
import { ask, botMessages, createPerson, write } from '../support/emulator.ts'
import { createHome } from '../support/home.ts'
import { toSource } from './specimens.ts'
import type { Specimen } from './specimens.ts'

export const MEMORY_MB = 192
export const CANARY = 'canary-3f9a61c2e8'

const HEALTHY = `export default class {
  constructor(config) { this.secret = config.plugins.healthy.secret_key }
  async processMessage(message) { if (message.startsWith('well?')) return { success: true, response: message + ' well' } }
}`
/** A busy machine needs its time for everything; the figures of the issue are 2 and 5 seconds. */
const MARGIN_MS = 1_500
const NAMED_MS = 2_000 + MARGIN_MS
const ENDED_MS = 5_000 + MARGIN_MS

/** An assistant with misbehaving plugins, and a person who keeps asking a healthy one. */
export interface Zoo {
  readonly assistant: RunningAssistant
  readonly driver: Session
  /** Milliseconds from the question to the answer in the chat. */
  readonly latencies: number[]
  /** Ends the assistant; gives its exit code and how many processes it left. */
  close(): Promise<{ code: unknown; left: number }>
}

export async function openZoo(specimens: readonly Specimen[]): Promise<Zoo> {
  const names = ['healthy', ...specimens.map(({ name }) => name)]
  const home = await createHome({
    ...Object.fromEntries(specimens.map((specimen) => [`plugins/${specimen.name}.js`, toSource(specimen)])),
    'plugins/healthy.js': HEALTHY,
    'plugins_config.json': { enabled_plugins: Object.fromEntries(names.map((name) => [name, true])) },
    'config.json': {
      limits: { plugin_timeout_seconds: 2 },
      plugin_host: { memory_mb: MEMORY_MB },
      plugins: { healthy: { secret_key: CANARY } },
    },
  })
  const assistant = await startAssistant(home, { HOST_SECRET_TOKEN: CANARY })
  const driver = await logIn(assistant)
  // everybody is there before the first one misbehaves
  await assistantKnows(assistant, names.length)
  const latencies: number[] = []
  const controller = new AbortController()
  const traffic = keepAsking(driver, latencies, controller.signal)
  return {
    assistant,
    driver,
    latencies,
    async close() {
      controller.abort()
      await traffic
      const code = await assistant.stop()
      return { code, left: (await childrenOf(assistant.pid)).length }
    },
  }
}

/** Sets a specimen off and gives everything that is not as it should be. */
export async function observe({ assistant, driver }: Zoo, specimen: Specimen): Promise<string[]> {
  const visitor = await createPerson(driver, 'Visitor')
  const outputBefore = assistant.output().length
  await write(driver, visitor, `/${specimen.name}`)
  const startedAt = Date.now()
  const dueAt = startedAt + (specimen.afterSeconds ?? 0) * 1_000
  const said = (): string => assistant.output().slice(outputBefore)
  const { named, isEnded = false, answer } = specimen
  let peakMb = 0
  let namedAt = named ? Number.POSITIVE_INFINITY : 0
  let endedAt = isEnded ? Number.POSITIVE_INFINITY : 0
  while (Date.now() < dueAt + ENDED_MS) {
    const own = (await childrenOf(assistant.pid)).find(({ title }) => title === `pluggram ${specimen.name}`)
    peakMb = Math.max(peakMb, own?.megabytes ?? 0)
    if (named?.test(said())) namedAt = Math.min(namedAt, Date.now())
    if (!own && Date.now() - startedAt > 300) endedAt = Math.min(endedAt, Date.now())
    const isSeen = Number.isFinite(namedAt) && Number.isFinite(endedAt)
    if (isSeen && Date.now() > Math.min(dueAt, startedAt + 2_000)) break
    await sleep(50)
  }
  const answers = answer ? (await botMessages(driver, visitor.id, 1, 12_000)).map(({ text }) => text) : []
  const well = await createPerson(driver, 'Well')
  const [greeting] = await ask(driver, well, 'well? after')
  return [
    ...complain(namedAt - dueAt > NAMED_MS, `named after ${namedAt - dueAt} ms:\n${said()}`),
    ...complain(endedAt - dueAt > ENDED_MS, `ended after ${endedAt - dueAt} ms:\n${said()}`),
    ...complain(peakMb > MEMORY_MB * 1.2, `used ${peakMb} MB`),
    ...complain(
      answer?.test(answers.join('\n')) === false,
      `the chat reads ${answers.join(' | ').slice(0, 500)}`,
    ),
    ...complain(said().includes(CANARY), 'the canary is in the log'),
    ...complain(greeting !== 'well? after well', `the healthy plugin said ${greeting}`),
  ]
}

function complain(isWrong: boolean, words: string): string[] {
  return isWrong ? [words] : []
}

async function keepAsking(driver: Session, latencies: number[], signal: AbortSignal): Promise<void> {
  const person = await createPerson(driver, 'Regular')
  for (let number = 0; !signal.aborted; number += 1) {
    const startedAt = Date.now()
    await ask(driver, person, `well? ${number}`)
    if (number > 3) latencies.push(Date.now() - startedAt)
    await sleep(60)
  }
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

interface Child {
  readonly title: string
  readonly megabytes: number
}

async function childrenOf(parent: number): Promise<Child[]> {
  const pids = (await readdir('/proc')).filter((name) => /^\d+$/.test(name))
  const found = await Promise.all(pids.map((pid) => readChild(pid, parent)))
  return found.filter((child) => child !== undefined)
}

async function readChild(pid: string, parent: number): Promise<Child | undefined> {
  try {
    const [status, command] = await Promise.all([
      readFile(`/proc/${pid}/status`, 'latin1'),
      readFile(`/proc/${pid}/cmdline`, 'latin1'),
    ])
    if (Number(/^PPid:\s+(\d+)/m.exec(status)?.[1]) !== parent || /^State:\s+Z/m.test(status))
      return undefined
    const kilobytes = Number(/^VmRSS:\s+(\d+)/m.exec(status)?.[1] ?? 0)
    return { title: command.split('\0', 1)[0] ?? '', megabytes: kilobytes / 1_024 }
  } catch {
    return undefined
  }
}
