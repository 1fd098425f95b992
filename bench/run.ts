/**
 * `npm run bench`: the same load for Pluggram and for typical other bots, against one fast fake Bot
 * API. The bots take short turns, in several rounds with fresh processes. Medians and ratios go to
 * bench/RESULTS.md. Needs Linux (/proc, taskset): bots run on one core, the fake Bot API on another.
 *
 *   npm run bench -- --rounds 5 --updates 4000
 */
import { spawn } from 'node:child_process'
import { writeFile } from 'node:fs/promises'
import { availableParallelism } from 'node:os'
import { readOptions } from '../scripts/read-options.ts'
import { onCore, startContender, WEBHOOK_SECRET } from './contender.ts'
import type { Load, Run } from './fake-bot-api.ts'
import { formatResults } from './results.ts'
import type { Measured, Scenario } from './results.ts'

const { values } = readOptions({
  options: {
    rounds: { type: 'string', default: '3' },
    updates: { type: 'string', default: '4000' },
    only: { type: 'string' },
    bots: { type: 'string' },
  },
})
const rounds = Number(values.rounds)
const count = Number(values.updates)
const chosen = values.bots === undefined ? undefined : new Set(values.bots.split(','))
const CHATS = 200
const WARM_UP = 40_000
/**
 * How often each contender is measured in a round. A shared machine may run at half speed for a
 * second or two. With many short turns, that affects all contenders alike.
 */
const TURNS = 12
/** Before each of its turns, because a contender is slow after a second without work. */
const RUN_UP = 1_000

const SCENARIOS: readonly Scenario[] = [
  {
    name: 'polling, as fast as it goes',
    contenders: ['pluggram', 'pluggram-process', 'grammy-runner', 'telegraf-polling', 'bare-undici'],
    reference: 'grammy-runner',
    load: { count, perSecond: 0, delayMs: 0 },
  },
  {
    name: 'webhook, as fast as it goes',
    contenders: ['pluggram', 'pluggram-process', 'grammy-webhook'],
    reference: 'grammy-webhook',
    isWebhook: true,
    load: { count, perSecond: 0, delayMs: 0 },
  },
  {
    name: 'webhook, 30 ms to Telegram and back',
    contenders: ['pluggram', 'pluggram-process', 'grammy-webhook'],
    reference: 'grammy-webhook',
    isWebhook: true,
    load: { count: Math.ceil(count / 3), perSecond: 0, delayMs: 30 },
  },
  {
    name: 'polling, 500 updates a second',
    contenders: ['pluggram', 'pluggram-process', 'grammy-runner', 'bare-undici'],
    reference: 'bare-undici',
    isPaced: true,
    load: { count: 1_000, perSecond: 500, delayMs: 0 },
  },
]

async function startFakeApi(): Promise<{ url: string; stop(): void }> {
  const child = spawn(...onCore(0, [new URL('fake-bot-api.ts', import.meta.url).pathname]), {
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  const url = await new Promise<string>((resolve) => {
    child.stdout.setEncoding('utf8').on('data', (chunk: string) => {
      const match = /http:\S+/.exec(chunk)
      if (match) resolve(match[0])
    })
  })
  return { url, stop: () => void child.kill('SIGKILL') }
}

/** A running contender, with its own fake Bot API. */
interface Entrant {
  readonly name: string
  /** Processes updates as fast as they come, without measuring them. */
  warmUp(count: number): Promise<unknown>
  measure(): Promise<Measured>
  stop(): Promise<void>
}

async function prepare(scenario: Scenario, name: string): Promise<Entrant> {
  const api = await startFakeApi()
  const contender = await startContender(name, api.url, scenario.isWebhook ?? false).catch(
    (error: unknown) => {
      api.stop()
      throw error
    },
  )
  const send = async (load: Partial<Load>): Promise<Run> => {
    const body: Load = {
      ...scenario.load,
      chats: CHATS,
      ...(scenario.isWebhook && { webhook: { url: contender.webhookUrl, secret: WEBHOOK_SECRET } }),
      ...load,
    }
    const answer = await fetch(`${api.url}/bench/load`, {
      method: 'POST',
      body: JSON.stringify(body),
      signal: AbortSignal.timeout(180_000),
    })
    return ((await answer.json()) as { result: Run }).result
  }
  return {
    name,
    warmUp: (updates) => send({ count: updates, perSecond: 0, delayMs: 0 }),
    async measure() {
      const before = contender.cpuSeconds()
      const run = await send({})
      return { ...run, cpuSeconds: contender.cpuSeconds() - before, peakMegabytes: contender.peakMegabytes() }
    },
    async stop() {
      await contender.stop()
      api.stop()
    },
  }
}

/** All contenders run at once and take short turns, so that ratios compare consecutive turns. */
async function runRound(scenario: Scenario, names: readonly string[], tell: Tell): Promise<void> {
  const entrants: Entrant[] = []
  try {
    for (const name of names) {
      entrants.push(await prepare(scenario, name))
    }
    const inTurns = async (work: (entrant: Entrant) => Promise<unknown>): Promise<void> => {
      for (let turn = 0; turn < TURNS; turn += 1)
        for (const entrant of turn % 2 === 0 ? entrants : entrants.toReversed()) await work(entrant)
    }
    // bots run for weeks, so they are measured warm; V8 goes on compiling until then
    await inTurns((entrant) => entrant.warmUp(Math.ceil(WARM_UP / TURNS)))
    await inTurns(async (entrant) => {
      await entrant.warmUp(RUN_UP)
      tell(entrant.name, await entrant.measure())
    })
  } finally {
    for (const entrant of entrants) await entrant.stop()
  }
}

type Tell = (name: string, measured: Measured) => void

const results = new Map<Scenario, Map<string, Measured[]>>()
for (let round = 1; round <= rounds; round += 1) {
  for (const scenario of SCENARIOS) {
    if (values.only !== undefined && !scenario.name.includes(values.only)) continue
    const names = scenario.contenders.filter((name) => !chosen || chosen.has(name))
    const byName = results.get(scenario) ?? new Map(names.map((name) => [name, []]))
    results.set(scenario, byName)
    await runRound(scenario, names, (name, measured) => {
      byName.get(name)?.push(measured)
      const rate = Math.round((scenario.load.count / measured.wallMs) * 1_000)
      console.log(
        `round ${round}/${rounds}  ${scenario.name}  ${name}: ${rate}/s, p95 ${measured.latency.p95.toFixed(1)} ms, CPU ${measured.cpuSeconds.toFixed(2)} s, ${Math.round(measured.peakMegabytes)} MB`,
      )
    })
  }
}
const page = formatResults(results, {
  rounds,
  turns: TURNS,
  cores: availableParallelism(),
  date: new Date().toISOString().slice(0, 10),
})
console.log(`\n${page}`)
if (values.only === undefined && !chosen) await writeFile(new URL('RESULTS.md', import.meta.url), page)
