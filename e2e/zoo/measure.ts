/**
 * Measures what isolation costs; run it by hand: `node --expose-gc e2e/zoo/measure.ts [reloads]`.
 * Prints one line of JSON for each figure.
 */
import { readdirSync } from 'node:fs'
import { mkdtemp, readFile, realpath, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createPluginHost, discoverPlugins } from '@pluggram/host'
import type { HostPlan, IsolationLevel, PluginHost } from '@pluggram/host'
import { createTestContext, createTestServices } from '@pluggram/testing'
import { logIn, startAssistant } from '../support/assistant.ts'
import { ask, createPerson } from '../support/emulator.ts'
import { createHome, removeHomes } from '../support/home.ts'

const ROUND_TRIPS = 3_000
const INSTALLED = 1_000
const IN_USE = 5
const MESSAGES = 200

const answering = (word: string): string =>
  `export default class { processMessage(message) { return { success: true, response: message + ' ${word}' } } }`

function print(figures: Readonly<Record<string, unknown>>): void {
  process.stdout.write(`${JSON.stringify(figures)}\n`)
}

function median(values: readonly number[]): number {
  return values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)] ?? 0
}

async function planFor(home: string, level: IsolationLevel): Promise<HostPlan> {
  const { candidates } = await discoverPlugins({ home, shipped: [] })
  return {
    candidates,
    isEnabled: () => true,
    order: [],
    configFor: () => ({ block: {} }),
    levelFor: () => level,
  }
}

async function openHost(home: string, level: IsolationLevel): Promise<PluginHost> {
  const services = createTestServices()
  const host = createPluginHost({
    ...(await planFor(home, level)),
    servicesFor: (_name, _manifest, effects) => ({ ...services, effects }),
    assistantName: 'Measured',
    dataFolder: join(home, 'data'),
    logger: { debug() {}, info() {}, warn() {}, error() {} },
  })
  await host.start()
  return host
}

async function measureRoundTrips(): Promise<void> {
  const medians: number[] = []
  for (const level of ['inline', 'process'] as const) {
    const home = await createHome({ 'plugins/one.js': answering('x') })
    const host = await openHost(home, level)
    const [plugin] = host.registry.plugins()
    const times: number[] = []
    for (let turn = 0; turn < ROUND_TRIPS; turn += 1) {
      const startedAt = performance.now()
      await plugin?.handle('hello', createTestContext({ text: 'hello' }))
      times.push(performance.now() - startedAt)
    }
    medians.push(median(times))
    await host.stop()
  }
  const [inline = 0, isolated = 0] = medians
  print({ figure: 'round trip', inlineMs: inline, processMs: isolated, addedMs: isolated - inline })
}

async function measureReloads(reloads: number): Promise<void> {
  const home = await realpath(await mkdtemp(join(tmpdir(), 'pluggram-measure-')))
  const file = join(home, 'one.js')
  const host = await openHost(home, 'process')
  const apply = async (version: number): Promise<void> => {
    await writeFile(file, answering(String(version)))
    const candidate = {
      name: 'one',
      entry: file,
      origin: 'home',
      directory: home,
      isSingleFile: true,
    } as const
    await host.apply({ ...(await planFor(home, 'process')), candidates: [candidate] })
  }
  const state = (): { heap: number; files: number; timers: number } => {
    globalThis.gc?.()
    const timers = process.getActiveResourcesInfo().filter((kind) => kind === 'Timeout').length
    return { heap: process.memoryUsage().heapUsed, files: readdirSync('/proc/self/fd').length, timers }
  }
  const warmUp = Math.min(50, Math.floor(reloads / 4))
  for (let version = 0; version < warmUp; version += 1) await apply(version)
  const before = state()
  for (let version = warmUp; version < reloads; version += 1) await apply(version)
  await new Promise((resolve) => setTimeout(resolve, 2_000))
  const after = state()
  await host.stop()
  await rm(home, { recursive: true, force: true })
  const bytes = (after.heap - before.heap) / (reloads - warmUp)
  print({ figure: 'reloads', reloads, heapBytesPerReload: Math.round(bytes), before, after })
}

async function measureInstalled(count: number): Promise<void> {
  const names = Array.from({ length: count }, (_, index) => `plugin_${index}`)
  const home = await createHome({
    ...Object.fromEntries(
      names.map((name) => [
        `plugins/${name}.js`,
        `export default class {
          static manifest = { commands: { ${name}: { description: 'Answers' } } }
          processMessage(message, { command }) { if (command) return { success: true, response: '${name}' } }
        }`,
      ]),
    ),
    'plugins_config.json': { enabled_plugins: Object.fromEntries(names.map((name) => [name, true])) },
  })
  const cold = await startAssistant(home)
  const known = join(home, 'data/cache/manifests.json')
  while (!(await readFile(known, 'utf8').catch(() => '')).includes(`plugin_${count - 1}"`)) {
    await new Promise((resolve) => setTimeout(resolve, 500))
  }
  await cold.stop()
  const startedAt = performance.now()
  const assistant = await startAssistant(home)
  const readyMs = performance.now() - startedAt
  const driver = await logIn(assistant)
  const person = await createPerson(driver)
  const used = names.slice(0, IN_USE)
  for (const name of used) await ask(driver, person, `/${name}`)
  const times: number[] = []
  for (let turn = 0; turn < MESSAGES; turn += 1) {
    const askedAt = performance.now()
    await ask(driver, person, `/${used[turn % used.length] ?? ''}`)
    times.push(performance.now() - askedAt)
  }
  const status = await readFile(`/proc/${assistant.pid}/status`, 'latin1')
  const rssMb = Math.round(Number(/^VmRSS:\s+(\d+)/m.exec(status)?.[1]) / 1_024)
  print({ figure: 'installed plugins', count, readyMs: Math.round(readyMs), rssMb, messageMs: median(times) })
  await assistant.stop()
}

await measureRoundTrips()
await measureReloads(Number(process.argv[2] ?? 100))
await measureInstalled(1)
await measureInstalled(INSTALLED)
await removeHomes()
process.exit(0)
