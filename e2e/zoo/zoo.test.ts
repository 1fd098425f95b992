import { readdir, readFile } from 'node:fs/promises'
import { setTimeout as sleep } from 'node:timers/promises'
import { afterAll, describe, expect, test } from 'vitest'
import { logIn, startAssistant } from '../support/assistant.ts'
import type { RunningAssistant, Session } from '../support/assistant.ts'
import { ask, botMessages, createPerson, write } from '../support/emulator.ts'
import { createHome, removeHomes } from '../support/home.ts'
import { stopAllPrograms } from '../support/program.ts'
import { SPECIMENS, toSource } from './specimens.ts'
import type { Specimen } from './specimens.ts'

const MEMORY_MB = 192
const CANARY = 'canary-3f9a61c2e8'
const GROUP_SIZE = 15

const HEALTHY = `export default class {
  constructor(config) { this.secret = config.plugins.healthy.secret_key }
  async processMessage(message) { if (message.startsWith('well?')) return { success: true, response: message + ' well' } }
}`

interface Zoo {
  readonly assistant: RunningAssistant
  readonly driver: Session
  /** Milliseconds that healthy plugins took, from the question to the answer in the chat. */
  readonly latencies: number[]
  stop(): Promise<void>
}

afterAll(async () => {
  await stopAllPrograms()
  await removeHomes()
})

const latencies: number[] = []

describe.each(groups())('zoo, part %#', (...specimens) => {
  let zoo: Promise<Zoo> | undefined

  afterAll(async () => {
    await (await zoo)?.stop()
  })

  test.each(specimens.map((specimen) => [specimen.name, specimen] as const))(
    '%s hurts nobody but itself',
    { timeout: 40_000 },
    async (_name, specimen) => {
      zoo ??= openZoo(specimens)
      await observe(await zoo, specimen)
    },
  )
})

test('healthy plugins answered all the time', () => {
  const sorted = latencies.toSorted((a, b) => a - b)
  const at = (share: number): number => sorted[Math.floor(sorted.length * share)] ?? 0
  console.log(
    `healthy answers: ${sorted.length}, median ${at(0.5)} ms, p99 ${at(0.99)} ms, slowest ${sorted.at(-1)} ms`,
  )
  expect(sorted.length).toBeGreaterThan(100)
  expect(at(0.99)).toBeLessThan(250)
})

async function observe({ assistant, driver }: Zoo, specimen: Specimen): Promise<void> {
  const visitor = await createPerson(driver, 'Visitor')
  const outputBefore = assistant.output().length
  await write(driver, visitor, `/${specimen.name}`)
  const startedAt = Date.now()
  const deadline = startedAt + (specimen.afterSeconds ?? 0) * 1_000
  const said = (): string => assistant.output().slice(outputBefore)
  let peakMb = 0
  let namedAt: number | undefined
  let endedAt: number | undefined
  const { named, isEnded = false, answer } = specimen
  while (Date.now() < deadline + 8_000) {
    const own = (await childrenOf(assistant.pid)).find(({ title }) => title === `pluggram ${specimen.name}`)
    peakMb = Math.max(peakMb, own?.megabytes ?? 0)
    if (named?.test(said())) namedAt ??= Date.now()
    if (!own && Date.now() - startedAt > 300) endedAt ??= Date.now()
    const isDone =
      (!named || namedAt) && (!isEnded || endedAt) && Date.now() > Math.min(deadline, startedAt + 2_000)
    if (isDone) break
    await sleep(50)
  }
  if (named) {
    expect(said()).toMatch(named)
    expect((namedAt ?? Number.POSITIVE_INFINITY) - deadline).toBeLessThan(3_500)
  }
  if (isEnded) expect((endedAt ?? Number.POSITIVE_INFINITY) - deadline).toBeLessThan(6_500)
  expect(peakMb).toBeLessThan(MEMORY_MB * 1.2)
  if (answer) {
    const messages = await botMessages(driver, visitor.id, 1, 12_000)
    expect(messages.map(({ text }) => text).join('\n')).toMatch(answer)
  }
  expect(said()).not.toContain(CANARY)
  // the assistant is there, and so are the others
  const well = await createPerson(driver, 'Well')
  expect(await ask(driver, well, 'well? after')).toEqual(['well? after well'])
}

async function openZoo(specimens: readonly Specimen[]): Promise<Zoo> {
  const home = await createHome({
    ...Object.fromEntries(specimens.map((specimen) => [`plugins/${specimen.name}.js`, toSource(specimen)])),
    'plugins/healthy.js': HEALTHY,
    'plugins_config.json': {
      enabled_plugins: Object.fromEntries(
        ['healthy', ...specimens.map(({ name }) => name)].map((name) => [name, true]),
      ),
    },
    'config.json': {
      limits: { plugin_timeout_seconds: 2 },
      plugin_host: { memory_mb: MEMORY_MB },
      plugins: { healthy: { secret_key: CANARY } },
    },
  })
  const assistant = await startAssistant(home, { HOST_SECRET_TOKEN: CANARY })
  const driver = await logIn(assistant)
  const person = await createPerson(driver, 'Regular')
  const controller = new AbortController()
  // everybody is there before the first one misbehaves
  await expect.poll(() => knownPlugins(assistant), { timeout: 30_000 }).toBe(specimens.length + 1)
  const traffic = keepAsking(driver, person, controller.signal)
  return {
    assistant,
    driver,
    latencies,
    async stop() {
      controller.abort()
      await traffic
      expect(await assistant.stop()).toBe(0)
      expect(await childrenOf(assistant.pid)).toEqual([])
    },
  }
}

async function keepAsking(
  driver: Session,
  person: Awaited<ReturnType<typeof createPerson>>,
  signal: AbortSignal,
): Promise<void> {
  for (let number = 0; !signal.aborted; number += 1) {
    const startedAt = Date.now()
    await ask(driver, person, `well? ${number}`)
    if (number > 3) latencies.push(Date.now() - startedAt)
    await sleep(60)
  }
}

async function knownPlugins(assistant: RunningAssistant): Promise<number> {
  const report = (await (await fetch(`${assistant.url}/readyz`)).json()) as {
    components: { plugins: { plugins: Record<string, { state: string; isolation: string }> } }
  }
  return Object.values(report.components.plugins.plugins).filter(
    ({ state, isolation }) => isolation === 'process' && (state === 'running' || state === 'idle'),
  ).length
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

function groups(): Specimen[][] {
  const count = Math.ceil(SPECIMENS.length / GROUP_SIZE)
  return Array.from({ length: count }, (_, index) =>
    SPECIMENS.slice(index * GROUP_SIZE, (index + 1) * GROUP_SIZE),
  )
}
