import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { startAssistant } from '../support/assistant.ts'
import type { RunningAssistant } from '../support/assistant.ts'
import { ask, createPerson, startEmulator, TOKEN } from '../support/emulator.ts'
import type { RunningEmulator } from '../support/emulator.ts'
import { createHome } from '../support/home.ts'

/** An assistant with many plugins, a few of which are used. */
export interface Installed {
  readonly assistant: RunningAssistant
  /**
   * From the start of the program until every plugin can be called. All are known from an earlier
   * start.
   */
  readonly readySeconds: number
  /** Processor time of the assistant until then. */
  readonly readyCpuSeconds: number
  /** Sends that many messages to the plugins in use, and returns the cost of one. */
  work(messages: number): Promise<{ readonly medianMs: number; readonly cpuMs: number }>
  residentMegabytes(): Promise<number>
  stop(): Promise<void>
}

const IN_USE = 5
/** Ends what hangs: how long 1,000 first starts take is the machine's business. */
const LEARN_MS = 900_000
/** Linux counts processor time in hundredths of a second. */
const MS_PER_TICK = 10

function names(count: number): string[] {
  return Array.from({ length: count }, (_, index) => `plugin_${index}`)
}

function source(name: string): string {
  return `export default class {
  static manifest = { commands: { ${name}: { description: 'Answers' } } }
  processMessage(message, { command }) { if (command) return { success: true, response: '${name}' } }
}`
}

/** A home in which each plugin has been started once, so that its manifest is known. */
export async function createWarmHome(count: number): Promise<string> {
  const home = await createHome({
    ...Object.fromEntries(names(count).map((name) => [`plugins/${name}.js`, source(name)])),
    'plugins_config.json': { enabled_plugins: Object.fromEntries(names(count).map((name) => [name, true])) },
  })
  const cold = await startAssistant(home)
  const known = join(home, 'data/cache/manifests.json')
  const end = Date.now() + LEARN_MS
  while (!(await readFile(known, 'utf8').catch(() => '')).includes(`"plugin_${count - 1}"`)) {
    if (Date.now() > end) throw new Error(`${count} plugins are not known within ${LEARN_MS} ms`)
    await sleep(250)
  }
  await cold.stop()
  return home
}

/** Starts the assistant of a warm home and uses a few of its plugins. */
export async function openInstalled(home: string, count: number): Promise<Installed> {
  const emulator: RunningEmulator = await startEmulator()
  const startedAt = performance.now()
  const assistant = await startAssistant(home, {
    TELEGRAM_BOT_TOKEN: TOKEN,
    TELEGRAM_API_ROOT: emulator.url,
  })
  const readySeconds = (performance.now() - startedAt) / 1_000
  const readyCpuSeconds = ((await cpuTicks(assistant.pid)) * MS_PER_TICK) / 1_000
  await expectAllCanBeAsked(assistant, count)
  const used = names(count).slice(0, IN_USE)
  const first = await createPerson(emulator.driver)
  await ask(emulator.driver, first, `/${names(count).at(-1) ?? ''}`)
  for (const name of used) await ask(emulator.driver, first, `/${name}`)
  return {
    assistant,
    readySeconds,
    readyCpuSeconds,
    async work(messages) {
      // a new chat for each block, because a long chat takes longer to read
      const person = await createPerson(emulator.driver)
      await ask(emulator.driver, person, `/${used[0] ?? ''}`)
      const cpuBefore = await cpuTicks(assistant.pid)
      const times: number[] = []
      for (let turn = 0; turn < messages; turn += 1) {
        const askedAt = performance.now()
        await ask(emulator.driver, person, `/${used[turn % used.length] ?? ''}`)
        times.push(performance.now() - askedAt)
      }
      const cpuMs = (((await cpuTicks(assistant.pid)) - cpuBefore) * MS_PER_TICK) / messages
      return { medianMs: median(times), cpuMs }
    },
    async residentMegabytes() {
      const status = await readFile(`/proc/${assistant.pid}/status`, 'latin1')
      return Math.round(Number(/^VmRSS:\s+(\d+)/m.exec(status)?.[1]) / 1_024)
    },
    async stop() {
      await assistant.stop()
      await emulator.program.stop()
    },
  }
}

/** If a plugin's process is not up yet, the first message for it starts it. */
async function expectAllCanBeAsked({ url }: RunningAssistant, count: number): Promise<void> {
  const report = (await (await fetch(`${url}/readyz`)).json()) as {
    components: { plugins: { plugins: Record<string, { state: string; isolation: string }> } }
  }
  const states = Object.values(report.components.plugins.plugins)
    .filter(({ isolation }) => isolation === 'process')
    .map(({ state }) => state)
  const askable = states.filter((state) => ['idle', 'starting', 'running'].includes(state))
  if (askable.length !== count) throw new Error(`${askable.length} of ${count} plugins can be asked`)
}

export function median(values: readonly number[]): number {
  return values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)] ?? 0
}

async function cpuTicks(pid: number): Promise<number> {
  const stat = await readFile(`/proc/${pid}/stat`, 'latin1')
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ')
  return Number(fields[11]) + Number(fields[12])
}
