import type { IncomingUpdate } from '@pluggram/sdk/runtime'
import { expect, test, vi } from 'vitest'
import { JourneyRecorder } from './journey-recorder.ts'
import { summaryOf, viewOf } from './journey-view.ts'
import { KeptJourneys } from './kept-journeys.ts'
import type { KeptRow } from './kept-journeys.ts'
import { MAX_STEPS } from './recorded-journey.ts'
import { waterfall } from './waterfall.ts'

const SECRET = 'sk-canary-1234567890'

function update(updateId: number, userId = 7, chatId = 5): IncomingUpdate {
  const chat = { id: chatId, type: 'private' as const }
  const user = { id: userId, firstName: 'Ada' }
  return { updateId, kind: 'message', chat, user, message: { id: 3, text: 'hello' } } as IncomingUpdate
}

function createRecorder(keep = 3): JourneyRecorder {
  return new JourneyRecorder({ keep, hide: (text) => text.replaceAll(SECRET, '[hidden]') })
}

function ids(recorder: JourneyRecorder): number[] {
  return recorder.list().map(({ start }) => start.updateId)
}

test('only the last journeys are kept, the latest first, whether they are over or not', () => {
  const recorder = createRecorder()
  for (const id of [1, 2, 3, 4, 5]) recorder.open(update(id), performance.now())
  expect(ids(recorder)).toEqual([5, 4, 3])
  expect(recorder.find(2)).toBeUndefined()
  expect(recorder.find(3)).toBeDefined()
})

test('a change of the limit keeps the latest; 0 records nothing', () => {
  const recorder = createRecorder()
  for (const id of [1, 2, 3, 4]) recorder.open(update(id), performance.now())
  recorder.resize(2)
  expect(ids(recorder)).toEqual([4, 3])
  recorder.resize(4)
  recorder.open(update(5), performance.now())
  expect(ids(recorder)).toEqual([5, 4, 3])
  expect(recorder.find(3)).toBeDefined()
  recorder.resize(0)
  expect(recorder.open(update(6), performance.now())).toBeUndefined()
  expect(ids(recorder)).toEqual([])
})

test('an update that is tried again has its latest journey, and the older one leaves without it', () => {
  const recorder = createRecorder(2)
  recorder.open(update(1), performance.now())
  const again = recorder.open(update(1), performance.now())
  recorder.open(update(2), performance.now())
  expect(recorder.find(1)).toBe(again)
})

test('steps beyond the limit are counted, but a message that is on its way still decides the end', () => {
  const recorder = createRecorder()
  const journey = recorder.open(update(1), performance.now())
  for (let at = 0; at < MAX_STEPS + 50; at += 1) journey?.begin('service', 'store.get').end()
  const sending = journey?.begin('send', 'message')
  journey?.finish('answered', 'notes')
  const [kept] = recorder.list()
  if (!kept) throw new Error('nothing is kept')
  expect(summaryOf(kept).isOver).toBe(false)
  sending?.end('failed')
  expect(viewOf(kept)).toMatchObject({ isOver: true, isFailed: true, stepsLeftOut: 50 })
  expect(viewOf(kept).steps).toHaveLength(MAX_STEPS + 1)
})

test('tokens and money are sums over the requests to models; one without a price leaves the money unknown', () => {
  const recorder = createRecorder()
  const journey = recorder.open(update(1), performance.now())
  for (const money of [0.25, 0.5])
    journey?.begin('model', 'one:a').end(undefined, { inputTokens: 10, outputTokens: 5, money })
  journey?.begin('plugin', 'notes').end('ok')
  const [kept] = recorder.list()
  if (!kept) throw new Error('nothing is kept')
  expect(summaryOf(kept)).toMatchObject({ tokens: 30, money: 0.75 })
  journey?.begin('model', 'two:b').end(undefined, { inputTokens: 1, outputTokens: 1 })
  expect(summaryOf(kept)).toMatchObject({ tokens: 32 })
  expect(summaryOf(kept)).not.toHaveProperty('money')
})

test('what happens after the end changes nothing', () => {
  const recorder = createRecorder()
  const journey = recorder.open(update(1), performance.now())
  const step = journey?.begin('plugin', 'notes')
  journey?.finish('answered', 'notes')
  const before = JSON.stringify(recorder.list().map(viewOf))
  step?.note({ error: 'late' })
  step?.end('late')
  step?.begin('service', 'store.get').end()
  journey?.finish('failed')
  expect(JSON.stringify(recorder.list().map(viewOf)).replace('"stepsLeftOut":1', '"stepsLeftOut":0')).toBe(
    before,
  )
})

test('secrets are hidden on the way in, and long names are cut', () => {
  const recorder = createRecorder()
  const journey = recorder.open(update(1), performance.now())
  const step = journey?.begin('http', `GET ${SECRET}.example.org`, { note: SECRET })
  step?.end('failed', { error: `x${SECRET}`, list: ['a'] })
  journey?.begin('tool', `${'x'.repeat(110)}${SECRET}`).end()
  journey?.begin('tool', 'x'.repeat(5_000)).end()
  const [kept] = recorder.list()
  // not even a part of it, where a name is cut
  expect(JSON.stringify(kept?.steps.map(({ name, facts }) => [name, facts]))).not.toContain(
    SECRET.slice(0, 6),
  )
  expect(kept?.steps[2]?.name.length).toBeLessThan(200)
})

test('a person is forgotten, also in a journey that is under way; a chat that moved keeps its journeys', () => {
  const recorder = createRecorder(5)
  const open = recorder.open(update(1, 7), performance.now())
  recorder.open(update(2, 8, -5), performance.now())
  const over: number[] = []
  recorder.onEnd(({ start, isForgotten }) => {
    if (!isForgotten) over.push(start.updateId)
  })
  recorder.forget(7)
  open?.finish('answered')
  recorder.move(-5, -1005)
  expect(ids(recorder)).toEqual([2])
  expect(recorder.find(1)).toBeUndefined()
  expect(over).toEqual([])
  expect(recorder.list().map(({ chatId }) => chatId)).toEqual([-1005])
})

test('of each plugin and day the last failed, the slowest and the dearest are written, together', async () => {
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout', 'Date'] })
  const written: (readonly KeptRow[])[] = []
  const kept = new KeptJourneys({
    days: 7,
    onError: () => {},
    store: {
      all: async () => [],
      keep: async (rows) => void written.push(rows),
      forgetBefore: async () => {},
    },
  })
  await kept.open()
  const recorder = createRecorder(10)
  recorder.onEnd((journey) => kept.add(journey))
  const pass = (id: number, ms: number, tokens: number, outcome: 'answered' | 'failed'): void => {
    const journey = recorder.open(update(id), performance.now() - ms)
    if (tokens > 0) journey?.begin('model', 'm').end(undefined, { inputTokens: tokens })
    journey?.finish(outcome, 'notes')
  }
  pass(1, 1_000, 0, 'answered')
  pass(2, 500, 10, 'failed')
  pass(3, 2_000, 5, 'answered')
  pass(4, 100, 30, 'failed')
  expect(written).toEqual([])
  vi.advanceTimersByTime(1_000)
  const rows = written.flat()
  expect(written).toHaveLength(1)
  expect(
    rows
      .map(({ reason, updateId }) => [reason, updateId])
      .toSorted((a, b) => String(a).localeCompare(String(b))),
  ).toEqual([
    ['dearest', 4],
    ['failed', 4],
    ['slowest', 3],
  ])
  // nothing is notable about this one
  pass(5, 1_000, 20, 'answered')
  vi.advanceTimersByTime(1_000)
  expect(written).toHaveLength(1)
  // another day has records of its own
  vi.setSystemTime(Date.now() + 86_400_000)
  pass(6, 10, 0, 'answered')
  vi.advanceTimersByTime(1_000)
  expect(written[1]?.map(({ reason, updateId }) => [reason, updateId])).toEqual([['slowest', 6]])
  vi.useRealTimers()
})

test('a later run of the same day goes on with what was kept, and replaces it only by something more notable', async () => {
  const day = new Date().toISOString().slice(0, 10)
  const row = { day, plugin: 'notes', updateId: 1, chatId: 5, userId: 7, journey: '{}' }
  const written: KeptRow[] = []
  const kept = new KeptJourneys({
    days: 7,
    onError: () => {},
    store: {
      all: async () => [
        { ...row, reason: 'slowest', value: 5_000 },
        { ...row, reason: 'dearest', value: 100 },
        { ...row, day: '2020-01-01', reason: 'slowest', value: 90_000 },
      ],
      keep: async (rows) => void written.push(...rows),
      forgetBefore: async () => {},
    },
  })
  await kept.open()
  const recorder = createRecorder(10)
  recorder.onEnd((journey) => kept.add(journey))
  recorder.open(update(2), performance.now() - 1_000)?.finish('answered', 'notes')
  recorder.open(update(3), performance.now() - 9_000)?.finish('answered', 'notes')
  await kept.close()
  expect(written.map(({ reason, updateId }) => [reason, updateId])).toEqual([['slowest', 3]])
})

test('the waterfall has one line for each step, waits as lighter bars, and parts below their step', () => {
  const lines = waterfall({
    updateId: 12,
    chatId: 5,
    userId: 7,
    kind: 'message',
    receivedAt: '2026-11-30T10:00:00.000Z',
    isOver: true,
    ms: 1_000,
    outcome: 'answered',
    isFailed: false,
    plugin: 'notes',
    tokens: 1_234,
    money: 0.001_23,
    stepsLeftOut: 3,
    steps: [
      { id: 0, kind: 'lane', name: 'chat', startMs: 0, ms: 500, facts: { ahead: 1, behind: 11 } },
      { id: 1, kind: 'plugin', name: 'notes', startMs: 500, ms: 250, outcome: 'ok' },
      { id: 2, kind: 'send', name: 'message', startMs: 750, ms: 250 },
      { id: 3, parent: 1, kind: 'service', name: 'store.get', startMs: 600, ms: 100 },
    ],
  })
  expect(lines).toEqual([
    'update 12 · message · chat 5 · 2026-11-30T10:00:00.000Z',
    'answered by notes · 1.00 s · 1,234 tokens, cost 0.00123',
    '',
    `500.0 ms  50 %  ${'░'.repeat(16)}${' '.repeat(16)}  waited for its turn (messages before it: 1, behind update 11)`,
    `250.0 ms  25 %  ${' '.repeat(16)}${'█'.repeat(8)}${' '.repeat(8)}  a plugin was asked: notes (ok)`,
    `100.0 ms  10 %  ${' '.repeat(19)}${'█'.repeat(3)}${' '.repeat(10)}    a plugin used a service: store.get`,
    `250.0 ms  25 %  ${' '.repeat(24)}${'█'.repeat(8)}  a message was sent`,
    '… and 3 further steps, which were only counted',
  ])
})
