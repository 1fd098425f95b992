import { spawn } from 'node:child_process'
import type { ChildProcess } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { HEAP_OPTIONS } from '../apps/assistant/bin/heap-options.js'

const ROOT = fileURLToPath(new URL('..', import.meta.url))
const BOT_TOKEN = '700000001:AABenchmarkTokenOfNoBotAtAll0000000'
export const WEBHOOK_SECRET = 'bench-secret'
const BOT_CORE = 1
const CLOCK_TICKS_PER_SECOND = 100

/** A bot in its own process. */
export interface Contender {
  readonly webhookUrl: string
  /** CPU seconds used so far. */
  cpuSeconds(): number
  /** Peak memory, in MB. */
  peakMegabytes(): number
  stop(): Promise<void>
}

/**
 * Arguments of `spawn` for a Node program limited to one core, so that no part of a bot's cost is
 * hidden on a second core.
 */
export function onCore(core: number, options: readonly string[]): [string, string[]] {
  return ['taskset', ['-c', String(core), process.execPath, ...options]]
}

/** Starts a contender by name against a fake Bot API. With `webhook` it waits for deliveries. */
export async function startContender(name: string, apiRoot: string, webhook: boolean): Promise<Contender> {
  const port = await findFreePort()
  const home = await mkdtemp(join(tmpdir(), 'pluggram-bench-'))
  const webhookUrl = `http://127.0.0.1:${port}/telegram/webhook`
  const child =
    name === 'pluggram' || name === 'pluggram-process'
      ? await spawnPluggram(home, apiRoot, port, {
          isolation: name === 'pluggram' ? 'inline' : 'process',
          ...(webhook && { webhookUrl }),
        })
      : spawnPeer(name, apiRoot, port)
  await untilReady(child, name)
  return {
    webhookUrl,
    cpuSeconds: () => readCpuSeconds(child.pid ?? 0),
    peakMegabytes: () => readPeakMegabytes(child.pid ?? 0),
    async stop() {
      const closed = new Promise((resolve) => child.once('close', resolve))
      child.kill('SIGKILL')
      await closed
      await rm(home, { recursive: true, force: true })
    },
  }
}

function findFreePort(): Promise<number> {
  return new Promise((resolve) => {
    const server = createServer().listen(0, '127.0.0.1', () => {
      const address = server.address()
      server.close(() => resolve(typeof address === 'object' && address ? address.port : 0))
    })
  })
}

function spawnPeer(name: string, apiRoot: string, port: number): ChildProcess {
  const env = { PATH: process.env.PATH, API_ROOT: apiRoot, BOT_TOKEN, WEBHOOK_SECRET, PORT: String(port) }
  return spawn(...onCore(BOT_CORE, [join(ROOT, 'bench/contenders', `${name}.ts`)]), {
    env,
    stdio: ['ignore', 'pipe', 'inherit'],
  })
}

/**
 * The real assistant with its durable store and one plugin that answers, inline or in its own
 * process.
 */
async function spawnPluggram(
  home: string,
  apiRoot: string,
  port: number,
  { isolation, webhookUrl }: { isolation: 'inline' | 'process'; webhookUrl?: string },
): Promise<ChildProcess> {
  await mkdir(join(home, 'plugins'))
  await writeFile(
    join(home, 'plugins/echo.js'),
    "export default class { processMessage(m) { return { success: true, response: 'echo ' + m } } }",
  )
  await writeFile(join(home, 'plugins_config.json'), JSON.stringify({ enabled_plugins: { echo: true } }))
  await writeFile(
    join(home, 'config.json'),
    JSON.stringify({ plugin_host: { plugins: { echo: { isolation } } } }),
  )
  const env = {
    PATH: process.env.PATH,
    PLUGGRAM_HOME: home,
    PORT: String(port),
    LOG_LEVEL: 'warn',
    TELEGRAM_BOT_TOKEN: BOT_TOKEN,
    TELEGRAM_API_ROOT: apiRoot,
    ...(webhookUrl !== undefined && {
      TELEGRAM_WEBHOOK_URL: webhookUrl,
      TELEGRAM_WEBHOOK_SECRET: WEBHOOK_SECRET,
    }),
  }
  return spawn(...onCore(BOT_CORE, [...HEAP_OPTIONS, join(ROOT, 'apps/assistant/src/main.ts'), 'start']), {
    env,
    stdio: ['ignore', 'pipe', 'inherit'],
  })
}

function untilReady(child: ChildProcess, name: string): Promise<void> {
  return new Promise((resolve, reject) => {
    child.once('close', (code) => reject(new Error(`${name} ended with ${code} before it was ready`)))
    child.stdout?.setEncoding('utf8').on('data', (chunk: string) => {
      // a little longer, until the first poll has been made or the webhook set
      if (/ready|login\?token/.test(chunk)) setTimeout(resolve, 700)
    })
  })
}

function readCpuSeconds(pid: number): number {
  const fields = readFileSync(`/proc/${pid}/stat`, 'utf8').split(') ')[1]?.split(' ') ?? []
  return (Number(fields[11]) + Number(fields[12])) / CLOCK_TICKS_PER_SECOND
}

function readPeakMegabytes(pid: number): number {
  return Number(/VmHWM:\s+(\d+)/.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1] ?? 0) / 1_024
}
