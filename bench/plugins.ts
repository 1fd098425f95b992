/**
 * `npm run bench:plugins`: the cost of plugins in their own processes and in great numbers. The
 * figures go to bench/PLUGINS.md. Needs Linux (/proc).
 */
import { writeFile } from 'node:fs/promises'
import { availableParallelism } from 'node:os'
import { join } from 'node:path'
import { createPluginHost, discoverPlugins } from '@pluggram/host'
import type { IsolationLevel, PluginHost } from '@pluggram/host'
import { createTestContext, createTestServices } from '@pluggram/testing'
import { createWarmHome, median, openInstalled } from '../e2e/scale/installed.ts'
import { createHome, removeHomes } from '../e2e/support/home.ts'
import { stopAllPrograms } from '../e2e/support/program.ts'

const ROUND_TRIPS = 5_000
const WARM_UP_TRIPS = 500
const INSTALLED = 1_000
/** Messages of one block. Blocks of both assistants alternate, so that a busy moment hits both. */
const BLOCK = 60
const BLOCKS = 6

interface RoundTrip {
  readonly inlineMs: number
  readonly processMs: number
}

async function openHost(home: string, level: IsolationLevel): Promise<PluginHost> {
  const { candidates } = await discoverPlugins({ home, shipped: [] })
  const services = createTestServices()
  const host = createPluginHost({
    candidates,
    isEnabled: () => true,
    order: [],
    configFor: () => ({ block: {} }),
    levelFor: () => level,
    servicesFor: (_name, _manifest, effects) => ({ ...services, effects }),
    assistantName: 'Measured',
    dataFolder: join(home, 'data'),
    logger: { debug() {}, info() {}, warn() {}, error() {} },
  })
  await host.start()
  return host
}

async function measureRoundTrips(level: IsolationLevel): Promise<number> {
  const home = await createHome({
    'plugins/one.js':
      'export default class { processMessage(message) { return { success: true, response: message } } }',
  })
  const host = await openHost(home, level)
  const [plugin] = host.registry.plugins()
  const times: number[] = []
  for (let turn = -WARM_UP_TRIPS; turn < ROUND_TRIPS; turn += 1) {
    const startedAt = performance.now()
    const context = createTestContext({ text: 'hello' })
    await plugin?.ask('handle', { message: 'hello', context }, context.signal)
    if (turn >= 0) times.push(performance.now() - startedAt)
  }
  await host.stop()
  return median(times)
}

interface Cost {
  readonly readySeconds: number
  readonly residentMb: number
  readonly messageMs: number
  readonly cpuMs: number
}

/** The same messages for one installed plugin and for a thousand, in alternating blocks. */
async function measureInstalled(): Promise<{ one: Cost; all: Cost }> {
  const homes = [await createWarmHome(1), await createWarmHome(INSTALLED)] as const
  const one = await openInstalled(homes[0], 1)
  const all = await openInstalled(homes[1], INSTALLED)
  const opened = [one, all]
  const blocks: { medianMs: number; cpuMs: number }[][] = [[], []]
  for (const installed of opened) await installed.work(BLOCK)
  for (let turn = 0; turn < BLOCKS; turn += 1) {
    for (const [index, installed] of opened.entries()) blocks[index]?.push(await installed.work(BLOCK))
  }
  const costs = await Promise.all(
    opened.map(async (installed, index) => ({
      readySeconds: installed.readySeconds,
      residentMb: await installed.residentMegabytes(),
      messageMs: median(blocks[index]?.map(({ medianMs }) => medianMs) ?? []),
      cpuMs: median(blocks[index]?.map(({ cpuMs }) => cpuMs) ?? []),
    })),
  )
  for (const installed of opened) await installed.stop()
  const [first, second] = costs
  if (!first || !second) throw new Error('nothing was measured')
  return { one: first, all: second }
}

function page(trip: RoundTrip, { one, all }: { one: Cost; all: Cost }): string {
  const rows: readonly (readonly [string, (cost: Cost) => string])[] = [
    ['from start to ready, warm', ({ readySeconds }) => `${readySeconds.toFixed(2)} s`],
    ["the assistant's resident memory after work", ({ residentMb }) => `${residentMb} MB`],
    ['a message and its answer, median', ({ messageMs }) => `${messageMs.toFixed(2)} ms`],
    ["the assistant's processor time for a message", ({ cpuMs }) => `${cpuMs.toFixed(2)} ms`],
  ]
  return `# What plugins cost

${new Date().toISOString().slice(0, 10)}, a machine with ${availableParallelism()} cores. Repeat with \`npm run bench:plugins\`.

## In a process of its own

A message to a plugin and its answer, median of ${ROUND_TRIPS} round trips through the host.

| inline | process | added |
|---|---|---|
| ${trip.inlineMs.toFixed(3)} ms | ${trip.processMs.toFixed(3)} ms | ${(trip.processMs - trip.inlineMs).toFixed(3)} ms |

## In great numbers

The whole assistant, polling an emulated Telegram in another process. Plugins were started once before, so that their manifests
are known; five of them (or the one) answer commands. ${BLOCKS} blocks of ${BLOCK} messages each, in turn; the time to the answer
includes looking for it every 20 ms.

| | 1 installed | ${INSTALLED} installed, 5 in use | ratio |
|---|---|---|---|
${rows.map(([name, show]) => `| ${name} | ${show(one)} | ${show(all)} | ${(Number.parseFloat(show(all)) / Number.parseFloat(show(one))).toFixed(2)} |`).join('\n')}
`
}

try {
  const trip = {
    inlineMs: await measureRoundTrips('inline'),
    processMs: await measureRoundTrips('process'),
  }
  const text = page(trip, await measureInstalled())
  await writeFile(new URL('PLUGINS.md', import.meta.url), text)
  process.stdout.write(text)
} finally {
  await stopAllPrograms()
  await removeHomes()
}
