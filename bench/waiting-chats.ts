/**
 * `npm run bench:waiting`: what 200 chats that wait for a model cost the others, and how soon 200
 * answers that are streamed at once begin. The model server and the Bot API are in this process, so
 * that one clock measures both ends. Results go to bench/WAITING.md.
 */
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { createServer } from 'node:http'
import type { IncomingMessage, ServerResponse } from 'node:http'
import { availableParallelism, loadavg, tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { findFreePort } from '../e2e/support/free-port.ts'

const ROOT = join(import.meta.dirname, '..')
const TOKEN = '123456789:AAbench-bench-bench-bench-bench-bench'
const SECRET = 'bench-secret'
const WAITING = 200
const OTHER_CHATS = 50
/** Messages of other chats: this many, this far apart. */
const [MESSAGES, APART_MS] = [800, 25]
const [WORDS, WORD_PAUSE_MS, THINKING_MS] = [60, 50, 300]
const DEADLINE_MS = 60_000

/** Called with each call to the Bot API for a chat. */
let onCall: (method: string, chatId: number) => void = () => {}
let hanging: ServerResponse[] = []
let nextId = 1

async function readJson(request: IncomingMessage): Promise<Record<string, unknown>> {
  let text = ''
  for await (const chunk of request.setEncoding('utf8')) text += String(chunk)
  return text.startsWith('{') ? (JSON.parse(text) as Record<string, unknown>) : {}
}

async function serveModel(request: IncomingMessage, response: ServerResponse): Promise<void> {
  const body = await readJson(request)
  if (JSON.stringify(body).includes('please hang')) return void hanging.push(response)
  await sleep(THINKING_MS)
  await writeAnswer(response, WORDS)
}

async function writeAnswer(response: ServerResponse, words: number): Promise<void> {
  response.writeHead(200, { 'content-type': 'text/event-stream' })
  for (let word = 1; word <= words; word += 1) {
    const choices = [{ index: 0, delta: { content: 'word ' }, finish_reason: word === words ? 'stop' : null }]
    response.write(`data: ${JSON.stringify({ id: '1', choices })}\n\n`)
    await sleep(WORD_PAUSE_MS)
  }
  response.end('data: [DONE]\n\n')
}

async function serveBotApi(request: IncomingMessage, response: ServerResponse): Promise<void> {
  const method = request.url?.split('/').at(-1) ?? ''
  const body = await readJson(request)
  const chatId = Number(body['chat_id'])
  if (Number.isFinite(chatId)) onCall(method, chatId)
  const bot = { id: 123_456_789, is_bot: true, first_name: 'Bench', username: 'bench_bot' }
  const message = {
    message_id: nextId++,
    date: 1_800_000_000,
    chat: { id: chatId, type: 'private' },
    text: '',
  }
  const results: Record<string, unknown> = { getMe: bot, getMyCommands: [], sendMessage: message }
  const result = results[method] ?? true
  response.writeHead(200, { 'content-type': 'application/json' }).end(JSON.stringify({ ok: true, result }))
}

async function listen(
  serve: (request: IncomingMessage, response: ServerResponse) => Promise<void>,
): Promise<{ url: string; close(): void }> {
  const server = createServer((request, response) => void serve(request, response))
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  const address = server.address()
  const port = typeof address === 'object' && address ? address.port : 0
  return {
    url: `http://127.0.0.1:${port}`,
    close() {
      server.closeAllConnections()
      server.close()
    },
  }
}

async function post(webhook: string, chatId: number, text: string): Promise<void> {
  const person = { id: chatId, is_bot: false, first_name: 'Ann' }
  const chat = { id: chatId, type: 'private', first_name: 'Ann' }
  const message = { message_id: nextId, date: 1_800_000_000, from: person, chat, text }
  const response = await fetch(webhook, {
    method: 'POST',
    headers: { 'content-type': 'application/json', 'x-telegram-bot-api-secret-token': SECRET },
    body: JSON.stringify({ update_id: nextId++, message }),
  })
  await response.arrayBuffer()
}

async function until(isDone: () => boolean, what: string): Promise<void> {
  const end = performance.now() + DEADLINE_MS
  while (!isDone()) {
    if (performance.now() > end) throw new Error(`${what} did not happen within ${DEADLINE_MS / 1_000} s`)
    await sleep(5)
  }
}

/** Messages of other chats, one after another in time. Returns the milliseconds until each answer. */
async function measureOthers(webhook: string): Promise<number[]> {
  const asked = new Map<number, number[]>()
  const took: number[] = []
  onCall = (method, chatId) => {
    const since = method === 'sendMessage' ? asked.get(chatId)?.shift() : undefined
    if (since !== undefined) took.push(performance.now() - since)
  }
  for (let index = 0; index < MESSAGES; index += 1) {
    const chatId = 1_000 + (index % OTHER_CHATS)
    asked.set(chatId, [...(asked.get(chatId) ?? []), performance.now()])
    void post(webhook, chatId, '/roll 2d6')
    await sleep(APART_MS)
  }
  await until(() => took.length === MESSAGES, 'the last answer of another chat')
  return sorted(took)
}

/** The model comes back to life, and those that waited get their answers. */
async function endWaiting(): Promise<void> {
  let answers = 0
  onCall = (method) => {
    if (method === 'sendMessage') answers += 1
  }
  await Promise.all(hanging.splice(0).map((response) => writeAnswer(response, 1)))
  await until(() => answers === WAITING, 'the answer to the last chat that waited')
}

/** All at once. Returns the milliseconds from each question to its first draft. */
async function measureStreams(webhook: string): Promise<number[]> {
  const asked = new Map<number, number>()
  const took: number[] = []
  let answers = 0
  onCall = (method, chatId) => {
    if (method === 'sendMessage') answers += 1
    const since = asked.get(chatId)
    if (since === undefined || !method.endsWith('Draft')) return
    asked.delete(chatId)
    took.push(performance.now() - since)
  }
  await Promise.all(
    Array.from({ length: WAITING }, async (_, index) => {
      asked.set(20_000 + index, performance.now())
      await post(webhook, 20_000 + index, 'What do you think?')
    }),
  )
  await until(() => answers === WAITING, 'the last streamed answer')
  return sorted(took)
}

/** The same streams with `fetch` alone: until the first word is read and a draft has been sent. */
async function measureFetch(modelUrl: string, botApiUrl: string): Promise<number[]> {
  const took: number[] = []
  onCall = () => {}
  const ask = async (chatId: number): Promise<void> => {
    const since = performance.now()
    const response = await fetch(`${modelUrl}/v1/chat/completions`, { method: 'POST', body: '{}' })
    const reader = response.body?.getReader()
    await reader?.read()
    const draft = { method: 'POST', body: JSON.stringify({ chat_id: chatId, text: 'word' }) }
    await (await fetch(`${botApiUrl}/bot${TOKEN}/sendMessageDraft`, draft)).arrayBuffer()
    took.push(performance.now() - since)
    while (!(await reader?.read())?.done);
  }
  await Promise.all(Array.from({ length: WAITING }, (_, index) => ask(30_000 + index)))
  return sorted(took)
}

const sorted = (values: readonly number[]): number[] => values.toSorted((one, other) => one - other)
const at = (values: readonly number[], share: number): number =>
  values[Math.min(values.length - 1, Math.floor(values.length * share))] ?? NaN

async function residentMegabytes(pid: number): Promise<number> {
  return Number(/^VmRSS:\s+(\d+)/m.exec(await readFile(`/proc/${pid}/status`, 'latin1'))?.[1] ?? 0) / 1_024
}

/** Linux reports processor time in hundredths of a second. */
async function processorSeconds(pid: number): Promise<number> {
  const stat = await readFile(`/proc/${pid}/stat`, 'latin1')
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ')
  return (Number(fields[11]) + Number(fields[12])) / 100
}

const [model, botApi] = await Promise.all([listen(serveModel), listen(serveBotApi)])
const home = await mkdtemp(join(tmpdir(), 'pluggram-bench-waiting-'))
const port = await findFreePort()
const webhook = `http://127.0.0.1:${port}/telegram/webhook`
const ai = { model: 'bench:m', providers: { bench: { base_url: `${model.url}/v1` } } }
await writeFile(
  join(home, 'config.json'),
  JSON.stringify({ ai, http: { port }, access: { mode: 'everyone' } }),
)
await writeFile(join(home, 'plugins_config.json'), JSON.stringify({ enabled_plugins: { dice: true } }))
const assistant = spawn(process.execPath, [join(ROOT, 'apps/assistant/src/main.ts'), 'start'], {
  env: {
    PATH: process.env['PATH'],
    PLUGGRAM_HOME: home,
    LOG_LEVEL: 'warn',
    TELEGRAM_BOT_TOKEN: TOKEN,
    TELEGRAM_API_ROOT: botApi.url,
    TELEGRAM_WEBHOOK_URL: webhook,
    TELEGRAM_WEBHOOK_SECRET: SECRET,
  },
  stdio: ['ignore', 'ignore', 'inherit'],
})
try {
  const readyz = `http://127.0.0.1:${port}/readyz`
  while ((await fetch(readyz).catch(() => undefined))?.status !== 200) await sleep(50)
  await measureOthers(webhook)
  const alone = await measureOthers(webhook)
  const before = await residentMegabytes(assistant.pid ?? 0)
  for (let index = 0; index < WAITING; index += 1) void post(webhook, 10_000 + index, 'please hang')
  await until(() => hanging.length === WAITING, 'the last request to the model')
  const beside = await measureOthers(webhook)
  const during = await residentMegabytes(assistant.pid ?? 0)
  await endWaiting()
  const pid = assistant.pid ?? 0
  const usedBefore = await processorSeconds(pid)
  const drafts = await measureStreams(webhook)
  const used = (await processorSeconds(pid)) - usedBefore
  const bare = await measureFetch(model.url, botApi.url)
  const ratio = at(beside, 0.95) / at(alone, 0.95)
  const page = `# Chats that wait for a model

${new Date().toISOString().slice(0, 10)}, a machine with ${availableParallelism()} cores and a load average of ${(loadavg()[0] ?? 0).toFixed(0)}; the model server and the Bot API are on loopback and share them. Repeat with \`npm run bench:waiting\`.

| ${MESSAGES} commands of ${OTHER_CHATS} other chats, one each ${APART_MS} ms | median ms | 95 % | 99 % |
|---|---|---|---|
| nobody waits | ${at(alone, 0.5).toFixed(1)} | ${at(alone, 0.95).toFixed(1)} | ${at(alone, 0.99).toFixed(1)} |
| ${WAITING} chats wait for a model that hangs | ${at(beside, 0.5).toFixed(1)} | ${at(beside, 0.95).toFixed(1)} | ${at(beside, 0.99).toFixed(1)} |

The 95 % point is ${ratio.toFixed(2)} times that of nobody waiting; the goal is at most 2. The ${WAITING} chats that wait take ${(during - before).toFixed(0)} MB.

${WAITING} answers streamed at once, from the question to the first draft: median ${(at(drafts, 0.5) / 1_000).toFixed(2)} s, 95 % ${(at(drafts, 0.95) / 1_000).toFixed(2)} s; ${drafts.length} of them had a draft. The model thinks ${THINKING_MS / 1_000} s and writes ${WORDS} words in ${((WORDS * WORD_PAUSE_MS) / 1_000).toFixed(0)} s. The goal is a median of at most 3 s.

The same streams with \`fetch\` alone, in the process of the servers: median ${(at(bare, 0.5) / 1_000).toFixed(2)} s, 95 % ${(at(bare, 0.95) / 1_000).toFixed(2)} s. The assistant used ${used.toFixed(1)} s of processor time for its ${WAITING} answers, ${((used * 1_000) / WAITING).toFixed(0)} ms each.
`
  await writeFile(join(ROOT, 'bench/WAITING.md'), page)
  process.stdout.write(page)
} finally {
  assistant.kill('SIGTERM')
  await once(assistant, 'close')
  model.close()
  botApi.close()
  await rm(home, { recursive: true })
}
