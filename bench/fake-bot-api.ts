/**
 * A Bot API that is as fast as possible: it hands out prepared updates and counts sent messages. It
 * keeps no chats, so that a benchmark measures the bot and not the server. Runs in its own process.
 *
 *   POST /bench/load   { count, chats, perSecond, webhook?: { url, secret }, delayMs } → when all were answered: Run
 *   anything else      the Bot API, with any token
 */
import { createServer } from 'node:http'
import type { IncomingMessage, ServerResponse } from 'node:http'
import { setTimeout as sleep } from 'node:timers/promises'
import { Agent, request } from 'undici'

export interface Load {
  readonly count: number
  readonly chats: number
  /** 0 hands out updates as fast as the bot takes them. */
  readonly perSecond: number
  readonly webhook?: { readonly url: string; readonly secret: string }
  /** How long each sendMessage is delayed, in milliseconds: the round trip to Telegram. */
  readonly delayMs: number
}

export interface Run {
  /** Milliseconds from the first available update to the last answer. */
  readonly wallMs: number
  readonly answered: number
  readonly repeated: number
  /** Milliseconds from the time an update is available to its answer, by percentile. */
  readonly latency: { readonly p50: number; readonly p95: number; readonly p99: number }
}

interface Running {
  readonly load: Load
  readonly availableAt: Float64Array
  readonly answeredAt: Float64Array
  available: number
  handedOut: number
  answered: number
  repeated: number
  finish: (run: Run) => void
}

const BATCH = 100
/** Telegram's default; a bot may request up to 100 (Bot API: setWebhook). */
let webhookConnections = 40
const agent = new Agent({ connections: 100, pipelining: 1 })
let running: Running | undefined
let waiting: { answer: ServerResponse; timer: NodeJS.Timeout } | undefined
let nextUpdateId = 1_000
let firstUpdateId = 1_000
let messageId = 1

function json(answer: ServerResponse, result: unknown): void {
  const body = JSON.stringify({ ok: true, result })
  answer.writeHead(200, { 'content-type': 'application/json', 'content-length': Buffer.byteLength(body) })
  answer.end(body)
}

async function readBody(incoming: IncomingMessage): Promise<Record<string, unknown>> {
  let text = ''
  incoming.setEncoding('utf8')
  for await (const chunk of incoming) text += chunk
  if (text === '') return {}
  return text.startsWith('{') ? JSON.parse(text) : Object.fromEntries(new URLSearchParams(text))
}

function updateOf(index: number, load: Load): object {
  const chatId = 1_000 + (index % load.chats)
  const person = { id: chatId, first_name: 'Ada', is_bot: false }
  return {
    update_id: firstUpdateId + index,
    message: {
      message_id: index + 1,
      date: 1_700_000_000,
      chat: { id: chatId, type: 'private', first_name: 'Ada' },
      from: person,
      text: String(index),
    },
  }
}

function takeUpdates(offset: number): object[] {
  if (!running || running.load.webhook) return []
  const confirmed = Math.max(0, offset - firstUpdateId)
  const start = offset === 0 ? 0 : Math.min(confirmed, running.load.count)
  const end = Math.min(start + BATCH, running.available)
  running.handedOut = Math.max(running.handedOut, end)
  return Array.from({ length: Math.max(0, end - start) }, (_, index) =>
    updateOf(start + index, running!.load),
  )
}

function poll(answer: ServerResponse, offset: number, timeoutSeconds: number): void {
  const updates = takeUpdates(offset)
  if (updates.length > 0 || timeoutSeconds === 0) return json(answer, updates)
  if (waiting) release([])
  pollOffset = offset
  waiting = { answer, timer: setTimeout(() => release([]), timeoutSeconds * 1_000) }
}

let pollOffset = 0
function release(updates: object[]): void {
  if (!waiting) return
  clearTimeout(waiting.timer)
  const { answer } = waiting
  waiting = undefined
  json(answer, updates)
}

function wakePoll(): void {
  if (!waiting) return
  const updates = takeUpdates(pollOffset)
  if (updates.length > 0) release(updates)
}

function countAnswer(text: string): void {
  if (!running) return
  const index = Number(/\d+/.exec(text)?.[0])
  if (!(index < running.load.count)) return
  if (running.answeredAt[index] !== 0) {
    running.repeated += 1
    return
  }
  running.answeredAt[index] = performance.now()
  running.answered += 1
  if (running.answered === running.load.count) finish(running)
}

function finish(run: Running): void {
  const latencies = run.answeredAt.map((at, index) => at - (run.availableAt[index] ?? 0)).toSorted()
  const percentile = (share: number): number =>
    latencies[Math.min(latencies.length - 1, Math.floor(latencies.length * share))] ?? 0
  const wallMs = Math.max(...run.answeredAt) - (run.availableAt[0] ?? 0)
  running = undefined
  run.finish({
    wallMs,
    answered: run.answered,
    repeated: run.repeated,
    latency: { p50: percentile(0.5), p95: percentile(0.95), p99: percentile(0.99) },
  })
}

async function startLoad(load: Load): Promise<Run> {
  firstUpdateId = nextUpdateId
  nextUpdateId += load.count
  const done = new Promise<Run>((resolve) => {
    running = {
      load,
      availableAt: new Float64Array(load.count),
      answeredAt: new Float64Array(load.count),
      available: 0,
      handedOut: 0,
      answered: 0,
      repeated: 0,
      finish: resolve,
    }
  })
  void feed(load, running!)
  return done
}

/** Makes updates available at the requested pace, and pushes them if there is a webhook. */
async function feed(load: Load, run: Running): Promise<void> {
  const startedAt = performance.now()
  const inFlight = new Set<Promise<void>>()
  while (run.available < load.count) {
    const due =
      load.perSecond === 0
        ? load.count
        : Math.min(load.count, Math.ceil(((performance.now() - startedAt) / 1_000) * load.perSecond))
    for (; run.available < due; run.available += 1) {
      const index = run.available
      run.availableAt[index] = performance.now()
      if (!load.webhook) continue
      if (inFlight.size >= webhookConnections) await Promise.race(inFlight)
      const push = deliver(index, load).finally(() => inFlight.delete(push))
      inFlight.add(push)
    }
    wakePoll()
    if (run.available < load.count) await sleep(2)
  }
  wakePoll()
}

async function deliver(index: number, load: Load): Promise<void> {
  if (!load.webhook) return
  const body = JSON.stringify(updateOf(index, load))
  const headers = {
    'content-type': 'application/json',
    'x-telegram-bot-api-secret-token': load.webhook.secret,
  }
  for (;;) {
    const { statusCode, body: answer } = await request(load.webhook.url, {
      method: 'POST',
      headers,
      body,
      dispatcher: agent,
    })
    const text = await answer.text()
    if (statusCode === 200) {
      answerInWebhook(text)
      return
    }
    await sleep(20)
  }
}

/** A bot may answer in the webhook's response. */
function answerInWebhook(text: string): void {
  if (!text.includes('"method"')) return
  countAnswer(String((JSON.parse(text) as { text?: unknown }).text ?? ''))
}

const server = createServer(async (incoming, answer) => {
  const method = (incoming.url ?? '').split('?')[0]?.split('/').pop() ?? ''
  const body =
    incoming.method === 'POST'
      ? await readBody(incoming)
      : Object.fromEntries(new URL(incoming.url ?? '', 'http://x').searchParams)
  switch (method) {
    case 'load':
      return json(answer, await startLoad(body as unknown as Load))
    case 'getMe':
      return json(answer, {
        id: 700_000_001,
        is_bot: true,
        first_name: 'Bench',
        username: 'bench_bot',
        can_join_groups: true,
        can_read_all_group_messages: true,
        supports_inline_queries: false,
      })
    case 'getUpdates':
      return poll(answer, Number(body.offset ?? 0), Number(body.timeout ?? 0))
    case 'setWebhook':
      webhookConnections = Number(body.max_connections ?? webhookConnections)
      return json(answer, true)
    case 'getMyCommands':
      return json(answer, [])
    case 'sendMessage': {
      const { delayMs = 0 } = running?.load ?? {}
      const sent = {
        message_id: messageId++,
        date: 1_700_000_000,
        chat: { id: Number(body.chat_id), type: 'private' },
        text: String(body.text),
      }
      if (delayMs > 0) await sleep(delayMs)
      json(answer, sent)
      return countAnswer(String(body.text))
    }
    default:
      return json(answer, true)
  }
})
server.keepAliveTimeout = 60_000
server.listen(0, '127.0.0.1', () => {
  const address = server.address()
  console.log(`listening on http://127.0.0.1:${typeof address === 'object' && address ? address.port : 0}`)
})
