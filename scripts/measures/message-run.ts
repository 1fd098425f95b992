import { spawn } from 'node:child_process'
import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises'
import { createServer } from 'node:http'
import type { ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join, relative } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { withinTime } from '../../packages/base/src/index.ts'

const TOKEN = '700000001:AABenchmarkTokenOfNoBotAtAll0000000'
const OWNER = { id: 4711, is_bot: false, first_name: 'Ada' }
const MEASURED = 3
const LIMIT_MS = 30_000

/**
 * Starts the real assistant with one small plugin of the owner's against its own Bot API. Lists the
 * files in which a function ran while a message was received, answered and marked as sent. A file
 * counts if it ran for each of three messages: work that a timer does now and then is excluded.
 */
export async function filesOfOneMessage(root: string, isolation: 'inline' | 'process'): Promise<string[]> {
  const folder = await mkdtemp(join(tmpdir(), 'pluggram-measure-'))
  const api = await startBotApi()
  const home = await createHome(folder, isolation)
  const probe = join(root, 'scripts/measures/coverage-probe.ts')
  const looks = join(folder, 'looks')
  await mkdir(looks)
  const child = spawn(
    process.execPath,
    ['--import', probe, join(root, 'apps/assistant/src/main.ts'), 'start'],
    {
      env: {
        PATH: process.env.PATH,
        PLUGGRAM_HOME: home,
        PORT: '0',
        LOG_LEVEL: 'warn',
        TELEGRAM_BOT_TOKEN: TOKEN,
        TELEGRAM_API_ROOT: api.url,
        MEASURE_FOLDER: looks,
      },
      stdio: ['ignore', 'ignore', 'inherit'],
    },
  )
  try {
    // the first messages compile code, connect, and start whatever starts on demand
    for (let number = 0; number < 3; number += 1) await api.answerTo(`warm ${number}`)
    const runs: Set<string>[] = []
    for (let number = 0; number < MEASURED; number += 1) {
      await look(child.pid ?? 0, looks)
      await api.answerTo(`measured ${number}`)
      // the answer is marked as sent only after it was sent
      await sleep(500)
      runs.push(await look(child.pid ?? 0, looks))
    }
    const [first = new Set<string>(), ...others] = runs
    return [...first]
      .filter((file) => others.every((run) => run.has(file)))
      .map((file) => relative(root, file))
      .filter((file) => /^(?:packages|apps|plugins)\//.test(file))
      .toSorted()
  } finally {
    const ended = new Promise((resolve) => child.once('close', resolve))
    child.kill('SIGKILL')
    await ended
    api.close()
    await rm(folder, { recursive: true, force: true })
  }
}

async function createHome(folder: string, isolation: string): Promise<string> {
  const home = join(folder, 'home')
  await mkdir(join(home, 'plugins'), { recursive: true })
  const plugin =
    "export default class { processMessage(m) { return { success: true, response: 'echo ' + m } } }"
  await writeFile(join(home, 'plugins/echo.js'), plugin)
  await writeFile(join(home, 'plugins_config.json'), JSON.stringify({ enabled_plugins: { echo: true } }))
  const config = { plugin_host: { plugins: { echo: { isolation } } } }
  await writeFile(join(home, 'config.json'), JSON.stringify(config))
  return home
}

/** Makes the assistant and every plugin process write down what ran since the last time. */
async function look(pid: number, folder: string): Promise<Set<string>> {
  for (const name of await readdir(folder)) if (name.endsWith('.json')) await rm(join(folder, name))
  const pids = [pid, ...(await childrenOf(pid))]
  for (const each of pids) process.kill(each, 'SIGUSR2')
  const files = new Set<string>()
  const end = Date.now() + LIMIT_MS
  for (const each of pids) {
    for (;;) {
      const name = (await readdir(folder)).find((item) => item.startsWith(`${each}-`))
      const text = name === undefined ? '' : await readFile(join(folder, name), 'utf8')
      if (text.endsWith(']')) {
        for (const file of JSON.parse(text) as string[]) files.add(file)
        break
      }
      if (Date.now() > end) throw new Error(`the process ${each} did not say what ran`)
      await sleep(20)
    }
  }
  return files
}

async function childrenOf(pid: number): Promise<number[]> {
  const text = await readFile(`/proc/${pid}/task/${pid}/children`, 'utf8')
  const children = text.trim().split(' ').filter(Boolean).map(Number)
  const grandchildren = await Promise.all(children.map((child) => childrenOf(child)))
  return [...children, ...grandchildren.flat()]
}

interface BotApi {
  readonly url: string
  /** Sends a text as the person and waits for its answer. */
  answerTo(text: string): Promise<void>
  close(): void
}

/** The part of the Bot API that one conversation needs. Polls are held until there is an update. */
async function startBotApi(): Promise<BotApi> {
  let number = 0
  let held: ServerResponse | undefined
  const updates: unknown[] = []
  const expected = new Map<string, () => void>()
  const reply = (response: ServerResponse, result: unknown): void => {
    response.setHeader('content-type', 'application/json').end(JSON.stringify({ ok: true, result }))
  }
  const hand = (): void => {
    if (!held || updates.length === 0) return
    reply(held, updates.splice(0))
    held = undefined
  }
  const server = createServer((request, response) => {
    const chunks: Buffer[] = []
    request.on('data', (chunk: Buffer) => chunks.push(chunk))
    request.on('end', () => {
      const method = request.url?.split('/').at(-1)?.split('?')[0]
      if (method === 'getUpdates') {
        held = response
        hand()
        return
      }
      if (method === 'getMe')
        return reply(response, { id: 700_000_001, is_bot: true, first_name: 'Bot', username: 'echo_bot' })
      if (method !== 'sendMessage') return reply(response, true)
      const text = Buffer.concat(chunks).toString()
      reply(response, {
        message_id: 1_000 + number,
        date: 1_700_000_000,
        chat: { id: OWNER.id, type: 'private' },
        text: 'x',
      })
      for (const [words, resolve] of expected) if (text.includes(words)) resolve()
    })
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    async answerTo(text) {
      number += 1
      const { promise, resolve } = Promise.withResolvers<void>()
      expected.set(`echo ${text}`, resolve)
      const chat = { id: OWNER.id, type: 'private', first_name: 'Ada' }
      const message = { message_id: number, date: 1_700_000_000 + number, chat, from: OWNER, text }
      updates.push({ update_id: number, message })
      hand()
      await withinTime(promise, LIMIT_MS)
      expected.delete(`echo ${text}`)
    },
    close() {
      server.closeAllConnections()
      server.close()
    },
  }
}
