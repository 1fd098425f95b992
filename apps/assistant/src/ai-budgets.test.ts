import { mkdtempSync, rmSync } from 'node:fs'
import { createServer } from 'node:http'
import type { Server } from 'node:http'
import { once } from 'node:events'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createAi } from '@pluggram/ai'
import type { Ai, AiSettings } from '@pluggram/ai'
import type { AiUsageScope } from '@pluggram/sdk'
import { CommitQueue, createSqliteAiLedger, openSqliteDatabase, WriteLog } from '@pluggram/storage'
import { afterEach, beforeEach, expect, test } from 'vitest'

const SILENT = { debug() {}, info() {}, warn() {}, error() {} }
const NOTHING = { day: {}, month: {} }
const UNLIMITED = { overall: NOTHING, user: NOTHING, chat: NOTHING, plugin: NOTHING }
const INPUT = 40
const OUTPUT = 25
const USED = INPUT + OUTPUT
/** The largest reservation of one of these calls: a short question and the longest answer. */
const MOST_RESERVED = 100 + 200

let folder: string
let server: Server
let requests: { model: string; max_tokens?: number }[]
let peakUnsettled: number
let closes: (() => Promise<void>)[]

beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), 'pluggram-budgets-'))
  requests = []
  closes = []
  server = createServer((request, response) => {
    let body = ''
    request.on('data', (chunk) => (body += String(chunk)))
    request.on('end', () => {
      requests.push(JSON.parse(body) as { model: string })
      setTimeout(() => {
        const chunk = (value: object): string => `data: ${JSON.stringify({ id: '1', ...value })}\n\n`
        response.writeHead(200, { 'content-type': 'text/event-stream' })
        response.write(chunk({ choices: [{ index: 0, delta: { content: 'Yes.' }, finish_reason: 'stop' }] }))
        response.write(chunk({ choices: [], usage: { prompt_tokens: INPUT, completion_tokens: OUTPUT } }))
        response.end('data: [DONE]\n\n')
      }, 5)
    })
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
})
afterEach(async () => {
  for (const close of closes) await close()
  server.closeAllConnections()
  server.close()
  await once(server, 'close')
  rmSync(folder, { recursive: true })
})

function open(settings: Partial<AiSettings>, now = new Date('2026-11-22T10:00:00Z')): Ai {
  const database = openSqliteDatabase(join(folder, 'test.db'))
  const address = server.address()
  const port = typeof address === 'object' && address ? address.port : 0
  const log = new WriteLog(database)
  const queue = new CommitQueue(log)
  const ledger = createSqliteAiLedger(queue, { bot: 1 })
  const ai = createAi({
    settings: {
      timeouts: { firstTokenSeconds: 5, betweenTokensSeconds: 5, totalSeconds: 10 },
      model: 'paid:m',
      providers: { paid: { baseUrl: `http://127.0.0.1:${port}/v1` } },
      maxOutputTokens: 200,
      ...settings,
    },
    environment: {},
    directory: () => ({ name: 'Ada', plugins: () => [] }),
    // reservations count as usage, so the highest sum shows how far a limit is exceeded
    ledger: {
      ...ledger,
      reserve(request) {
        const outcome = ledger.reserve(request)
        const { accounts, at } = request
        for (const account of accounts)
          peakUnsettled = Math.max(peakUnsettled, ledger.used(account, 'day', at).tokens)
        return outcome
      },
    },
    home: join(import.meta.dirname, '__fixtures__'),
    logger: SILENT,
    localServers: [],
    now: () => now,
  })
  peakUnsettled = 0
  closes.push(async () => {
    await ai.close()
    await ledger.close()
    await queue.close()
    await log.close()
    database.close()
  })
  return ai
}

async function ask(ai: Ai, user = 7): Promise<string> {
  return ai
    .serviceFor('chatbot')
    .generateText({
      messages: [{ role: 'user', content: 'Is it?' }],
      for: { user: { id: user }, chat: { id: user } },
    })
    .then(
      ({ text }) => text,
      (error: { code: string }) => error.code,
    )
}

async function usedBy(ai: Ai, scope: AiUsageScope): Promise<{ tokens: number; money: number } | undefined> {
  const { lines } = await ai.serviceFor('chatbot').usage({ user: { id: 7 }, chat: { id: 7 } })
  return lines.find((line) => line.scope === scope && line.period === 'day')
}

test.each(['overall', 'user', 'chat', 'plugin'] as const)(
  'fifty requests at once use the budget of %s to its end, pass it by no more than one of them, and count exactly',
  async (scope) => {
    const limit = 1_000
    const ai = open({
      budgets: { ...UNLIMITED, [scope]: { day: { tokens: limit }, month: {} } },
      concurrency: { user: 50, overall: 50 },
    })
    const answers = await Promise.all(Array.from({ length: 50 }, () => ask(ai)))
    const answered = answers.filter((text) => text === 'Yes.').length
    // reservations of running calls do not cause a refusal
    expect(answered).toBe(Math.ceil(limit / USED))
    expect(answers.filter((text) => text === 'ai-limit')).toHaveLength(50 - answered)
    expect(peakUnsettled).toBeLessThan(limit + MOST_RESERVED)
    expect(requests).toHaveLength(answered)
    expect((await usedBy(ai, scope))?.tokens).toBe(answered * USED)
  },
)

test('one after another, a budget is used to its end', async () => {
  const ai = open({ budgets: { ...UNLIMITED, user: { day: { tokens: 300 }, month: {} } } })
  const answers: string[] = []
  for (let index = 0; index < 7; index += 1) answers.push(await ask(ai))
  expect(answers).toEqual([...Array.from({ length: 5 }, () => 'Yes.'), 'ai-limit', 'ai-limit'])
  expect(await ask(ai, 8)).toBe('Yes.')
})

test('money is counted by the owner’s prices, and a restart forgets nothing', async () => {
  const budgets = { ...UNLIMITED, overall: { day: {}, month: { money: 0.001 } } }
  const first = open({ model: 'paid:m', budgets })
  expect(await ask(first)).toBe('Yes.')
  // 40 × 2 + 25 × 10 dollars per million tokens
  expect((await usedBy(first, 'overall'))?.money).toBeCloseTo(0.00033, 9)
  for (const close of closes.splice(0)) await close()
  const second = open({ model: 'paid:m', budgets })
  expect((await usedBy(second, 'overall'))?.money).toBeCloseTo(0.00033, 9)
  const answers = [await ask(second), await ask(second), await ask(second), await ask(second)]
  expect(answers).toEqual(['Yes.', 'Yes.', 'Yes.', 'ai-limit'])
  for (const close of closes.splice(0)) await close()
  const nextMonth = open({ model: 'paid:m', budgets }, new Date('2026-12-01T00:00:00Z'))
  expect(await ask(nextMonth)).toBe('Yes.')
})

test('at the limit a cheaper model answers, with the same budget once more', async () => {
  const ai = open({
    budgets: { ...UNLIMITED, user: { day: { tokens: 100 }, month: {} } },
    atLimit: 'paid:cheap',
  })
  const answers: string[] = []
  for (let index = 0; index < 6; index += 1) answers.push(await ask(ai))
  expect(answers).toEqual(['Yes.', 'Yes.', 'Yes.', 'Yes.', 'ai-limit', 'ai-limit'])
  expect(requests.map(({ model }) => model)).toEqual(['m', 'm', 'cheap', 'cheap'])
  expect(await usedBy(ai, 'user')).toMatchObject({ tokens: 4 * USED, cheaper: { tokens: 2 * USED } })
})

test('a model without a price is refused where money is limited, unless it runs on this machine', async () => {
  const budgets = { ...UNLIMITED, overall: { day: { money: 5 }, month: {} } }
  const far = open({
    model: 'far:x',
    providers: { far: { baseUrl: 'http://192.0.2.1/v1' } },
    budgets,
  })
  expect(await ask(far)).toBe('ai-misconfigured')
  expect(far.health()).toMatchObject({ problems: [expect.stringContaining('prices.json')] })
  for (const close of closes.splice(0)) await close()
  const near = open({ model: 'paid:unlisted', budgets })
  expect(await ask(near)).toBe('Yes.')
})

test('the longest answer is bounded where a budget applies, and free otherwise', async () => {
  const limited = open({
    maxOutputTokens: undefined,
    budgets: { ...UNLIMITED, user: { day: { tokens: 10_000 }, month: {} } },
  })
  await ask(limited)
  for (const close of closes.splice(0)) await close()
  await ask(open({ maxOutputTokens: undefined }))
  expect(requests.map(({ max_tokens }) => max_tokens)).toEqual([4_096, undefined])
})
