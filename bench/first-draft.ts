/**
 * `npm run bench:ai`: the time from the model's first token to the first draft sent to Telegram,
 * through the whole assistant, and our share of it. The model server and the Bot API are in this
 * process, so that one clock measures both. The assistant runs in its own process. Medians go to
 * bench/AI.md.
 *
 *   npm run bench:ai -- --answers 200
 */
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { createServer } from 'node:http'
import type { IncomingMessage, Server, ServerResponse } from 'node:http'
import { availableParallelism, tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { readOptions } from '../scripts/read-options.ts'

const ROOT = join(import.meta.dirname, '..')
const TOKEN = '123456789:AAbench-bench-bench-bench-bench-bench'
const WARM_UP = 20
const WORDS = ['Well', ', ', 'that ', 'is ', 'a ', 'good ', 'question.']
const WORD_PAUSE_MS = 15
/** The time from a question to its first token, as with a fast model. */
const THINKING_MS = 30
const DEADLINE_MS = 20_000

const { values } = readOptions({ options: { answers: { type: 'string', default: '200' } } })
const count = Number(values.answers)

/** When the model server wrote the first token of its latest answer. */
let firstTokenAt = 0
let onDraft: (at: number) => void = () => {}
let onMessage: () => void = () => {}
let nextUpdate = 1
let waitingPoll: ServerResponse | undefined
let pollIsHeld: () => void = () => {}

function sendJson(response: ServerResponse, body: unknown): void {
  response.writeHead(200, { 'content-type': 'application/json' }).end(JSON.stringify(body))
}

async function readJson(request: IncomingMessage): Promise<Record<string, unknown>> {
  const chunks: Buffer[] = []
  for await (const chunk of request) chunks.push(chunk as Buffer)
  const text = Buffer.concat(chunks).toString()
  return text.startsWith('{') ? (JSON.parse(text) as Record<string, unknown>) : {}
}

async function serveModel(request: IncomingMessage, response: ServerResponse): Promise<void> {
  await readJson(request)
  await sleep(THINKING_MS)
  response.writeHead(200, { 'content-type': 'text/event-stream' })
  for (const [index, content] of WORDS.entries()) {
    if (index > 0) await sleep(WORD_PAUSE_MS)
    const choices = [
      { index: 0, delta: { content }, finish_reason: index === WORDS.length - 1 ? 'stop' : null },
    ]
    if (index === 0) firstTokenAt = performance.now()
    response.write(`data: ${JSON.stringify({ id: '1', choices })}\n\n`)
  }
  response.end('data: [DONE]\n\n')
}

async function serveBotApi(request: IncomingMessage, response: ServerResponse): Promise<void> {
  const method = request.url?.split('/').at(-1)
  const arrivedAt = performance.now()
  const body = await readJson(request)
  switch (method) {
    case 'getMe':
      return sendJson(response, {
        ok: true,
        result: { id: 123_456_789, is_bot: true, first_name: 'Bench', username: 'bench_bot' },
      })
    case 'getUpdates':
      waitingPoll = response
      return pollIsHeld()
    case 'sendMessageDraft':
    case 'sendRichMessageDraft':
      onDraft(arrivedAt)
      return sendJson(response, { ok: true, result: true })
    case 'sendMessage':
      onMessage()
      return sendJson(response, {
        ok: true,
        result: {
          message_id: nextUpdate + 1_000_000,
          date: 1_800_000_000,
          chat: { id: body['chat_id'], type: 'private' },
          text: body['text'],
        },
      })
    default:
      return sendJson(response, { ok: true, result: method === 'getMyCommands' ? [] : true })
  }
}

async function listen(
  serve: (request: IncomingMessage, response: ServerResponse) => Promise<void>,
): Promise<[Server, string]> {
  const server = createServer((request, response) => void serve(request, response))
  server.keepAliveTimeout = 60_000
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  const address = server.address()
  return [server, `http://127.0.0.1:${typeof address === 'object' && address ? address.port : 0}`]
}

function within<T>(work: Promise<T>, what: string): Promise<T> {
  return Promise.race([
    work,
    sleep(DEADLINE_MS, undefined, { ref: false }).then((): never => {
      throw new Error(`${what} did not happen within ${DEADLINE_MS / 1_000} s`)
    }),
  ])
}

/**
 * Asks once in a new chat. Returns the milliseconds from the model's first token to the first
 * draft.
 */
async function askAssistant(): Promise<number> {
  const draft = new Promise<number>((resolve) => (onDraft = resolve))
  const message = new Promise<void>((resolve) => (onMessage = resolve))
  if (!waitingPoll) await within(new Promise<void>((resolve) => (pollIsHeld = resolve)), 'a poll')
  const id = nextUpdate++
  const person = { id: 10_000 + id, is_bot: false, first_name: 'Ann' }
  const update = {
    update_id: id,
    message: {
      message_id: id,
      date: 1_800_000_000,
      from: person,
      chat: { id: person.id, type: 'private', first_name: 'Ann' },
      text: 'What do you think?',
    },
  }
  const poll = waitingPoll
  waitingPoll = undefined
  if (poll) sendJson(poll, { ok: true, result: [update] })
  const draftAt = await within(draft, 'a draft')
  const took = draftAt - firstTokenAt
  await within(message, 'the answer')
  return took
}

/**
 * The time for the same stream with `fetch` alone: until its first token is read and a draft would
 * be sent with `fetch`.
 */
async function askWithFetch(model: string, botApi: string): Promise<number> {
  const draft = new Promise<number>((resolve) => (onDraft = resolve))
  const response = await fetch(`${model}/v1/chat/completions`, { method: 'POST', body: '{}' })
  const reader = response.body?.getReader()
  await reader?.read()
  await fetch(`${botApi}/bot${TOKEN}/sendMessageDraft`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ chat_id: 1, draft_id: 1, text: WORDS[0] }),
  })
  const took = (await within(draft, 'a draft')) - firstTokenAt
  while (!(await reader?.read())?.done);
  return took
}

async function measure(ask: () => Promise<number>): Promise<number[]> {
  const took: number[] = []
  for (let index = 0; index < WARM_UP + count; index += 1) {
    const milliseconds = await ask()
    if (index >= WARM_UP) took.push(milliseconds)
  }
  return took.toSorted((one, other) => one - other)
}

function at(sorted: readonly number[], share: number): string {
  return (sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? 0).toFixed(1)
}

const [modelServer, model] = await listen(serveModel)
const [botServer, botApi] = await listen(serveBotApi)
const home = await mkdtemp(join(tmpdir(), 'pluggram-bench-ai-'))
await writeFile(
  join(home, 'config.json'),
  JSON.stringify({
    ai: { model: 'bench:m', providers: { bench: { base_url: `${model}/v1` } } },
    http: { port: 0 },
  }),
)
const assistant = spawn(process.execPath, [join(ROOT, 'apps/assistant/src/main.ts'), 'start'], {
  env: {
    PATH: process.env['PATH'],
    PLUGGRAM_HOME: home,
    LOG_LEVEL: 'warn',
    TELEGRAM_BOT_TOKEN: TOKEN,
    TELEGRAM_API_ROOT: botApi,
  },
  stdio: ['ignore', 'ignore', 'inherit'],
})
try {
  const whole = await measure(askAssistant)
  const bare = await measure(() => askWithFetch(model, botApi))
  const median = Number(at(whole, 0.5))
  const share = median - Number(at(bare, 0.5))
  const page = `# The model's first token to the first draft

${new Date().toISOString().slice(0, 10)}, a machine with ${availableParallelism()} cores, ${count} answers one after another, each in a private chat of its own. The model server and the Bot API are on loopback; the time runs from the model server's write of the first token to the arrival of the first \`sendMessageDraft\`. Repeat with \`npm run bench:ai\`.

| | median ms | 95 % | 99 % |
|---|---|---|---|
| Pluggram, from polling to draft, everything kept on disk | ${at(whole, 0.5)} | ${at(whole, 0.95)} | ${at(whole, 0.99)} |
| \`fetch\` of the model, then \`fetch\` of the draft, nothing else | ${at(bare, 0.5)} | ${at(bare, 0.95)} | ${at(bare, 0.99)} |

Our share at the median: ${share.toFixed(1)} ms. The goal is a median of at most 50 ms: ${median <= 50 ? 'held' : 'missed'}.
`
  await writeFile(join(ROOT, 'bench/AI.md'), page)
  process.stdout.write(page)
} finally {
  assistant.kill('SIGTERM')
  waitingPoll?.end()
  await once(assistant, 'close')
  modelServer.closeAllConnections()
  botServer.closeAllConnections()
  modelServer.close()
  botServer.close()
  await rm(home, { recursive: true })
}
