import { Duplex } from 'node:stream'
import { setTimeout as sleep } from 'node:timers/promises'
import { PluggramError } from '@pluggram/sdk'
import { expect, test, vi } from 'vitest'
import { Peer } from './peer.ts'
import type { PeerOptions } from './peer.ts'
import { WorkBudget } from './work-queue.ts'

/** Two streams, each of which reads what is written to the other. */
function pair(): [Duplex, Duplex] {
  const make = (other: () => Duplex): Duplex =>
    new Duplex({
      read() {},
      write(chunk, _encoding, done) {
        if (!other().destroyed) other().push(chunk)
        done()
      },
      destroy(error, done) {
        if (!other().destroyed) other().push(null)
        done(error)
      },
    })
  const left: Duplex = make(() => right)
  const right: Duplex = make(() => left)
  return [left, right]
}

function connect(
  far: Partial<PeerOptions>,
  near: Partial<PeerOptions> = {},
): { near: Peer; far: Peer; raw: Duplex } {
  const [left, right] = pair()
  const defaults: PeerOptions = {
    maxIncomingBytes: 100_000,
    maxOutgoingBytes: 100_000,
    maxCalls: 4,
    onCall: async () => undefined,
    onNote() {},
    onClose() {},
  }
  return {
    near: new Peer(left, { ...defaults, ...near }),
    far: new Peer(right, { ...defaults, ...far }),
    raw: left,
  }
}

test('calls come back with what the other side gave or threw', async () => {
  const { near } = connect({
    async onCall({ method, args }) {
      if (method === 'fail') throw new PluggramError('plugin-timeout', 'too late')
      return [method, ...args]
    },
  })
  expect(await near.call('echo', [1, new Date(3), new Uint8Array([7])])).toEqual([
    'echo',
    1,
    new Date(3),
    new Uint8Array([7]),
  ])
  await expect(near.call('fail', [])).rejects.toMatchObject({ code: 'plugin-timeout', message: 'too late' })
})

test('calls of one turn go together, or at once where that is wished; what is to go goes before the connection closes', async () => {
  const eager = connect({}, { callsAtOnce: true })
  const atOnce = vi.spyOn(eager.raw, '_write')
  void eager.near.call('now', [])
  expect(atOnce).toHaveBeenCalled()
  const patient = connect({})
  const together = vi.spyOn(patient.raw, '_write')
  const calls = ['one', 'two'].map((method) => patient.near.call(method, []))
  expect(together).not.toHaveBeenCalled()
  await Promise.all(calls)
  const perCall = 2
  expect(together).toHaveBeenCalledTimes(2 * perCall)
  void patient.near.call('last', []).catch(() => {})
  patient.near.close()
  expect(together).toHaveBeenCalledTimes(3 * perCall)
})

test('an abort reaches the call that is under way', async () => {
  const { near } = connect({
    onCall: ({ signal }) =>
      new Promise((_, reject) => signal.addEventListener('abort', () => reject(signal.reason as Error))),
  })
  const controller = new AbortController()
  const call = near.call('wait', [], controller.signal)
  controller.abort(new Error('enough'))
  await expect(call).rejects.toThrow('enough')
})

test('text is read piece by piece, and its writer ends when the reader leaves', async () => {
  const ended = vi.fn<() => void>()
  let written = 0
  async function* write(): AsyncGenerator<string> {
    try {
      for (;;) yield `piece ${(written += 1)} `
    } finally {
      ended()
    }
  }
  const { near, far } = connect({ onCall: async () => far.streams.offer(write()) })
  const id = (await near.call('text', [])) as number
  const onEnd = vi.fn<() => void>()
  let text = ''
  for await (const piece of near.streams.read(id, onEnd)) {
    text += piece
    if (text.length > 20) break
  }
  await expect.poll(() => ended.mock.calls).toHaveLength(1)
  expect(text).toBe('piece 1 piece 2 piece 3 ')
  expect(written).toBe(3)
  expect(onEnd).toHaveBeenCalledTimes(1)
  expect(far.streams.offered).toBe(0)
})

test('what a text returns arrives with its end', async () => {
  async function* write(): AsyncGenerator<string, unknown> {
    yield 'half'
    return { buttons: [[{ text: 'A', data: 'a' }]] }
  }
  const { near, far } = connect({ onCall: async () => far.streams.offer(write()) })
  const id = (await near.call('text', [])) as number
  const iterator: AsyncIterator<string, unknown> = near.streams.read(id)[Symbol.asyncIterator]()
  expect(await iterator.next()).toEqual({ done: false, value: 'half' })
  expect(await iterator.next()).toEqual({ done: true, value: { buttons: [[{ text: 'A', data: 'a' }]] } })
})

test('a text that breaks off does so on the other side', async () => {
  async function* write(): AsyncGenerator<string> {
    yield 'half'
    throw new Error('model is gone')
  }
  const { near, far } = connect({ onCall: async () => far.streams.offer(write()) })
  const read = async (): Promise<void> => {
    for await (const piece of near.streams.read((await near.call('text', [])) as number)) void piece
  }
  await expect(read()).rejects.toThrow('model is gone')
})

test('too many calls at once are refused, one by one', async () => {
  const { near } = connect({ onCall: () => sleep(20) })
  const outcomes = await Promise.allSettled(Array.from({ length: 6 }, () => near.call('slow', [])))
  expect(outcomes.filter(({ status }) => status === 'rejected')).toHaveLength(2)
  expect(await near.call('slow', [])).toBeUndefined()
})

test('an answer that cannot cross or is too large is an error of that call alone', async () => {
  const answers: unknown[] = [() => 1, 'x'.repeat(200_000), 'fine']
  const { near } = connect({ onCall: async () => answers.shift() })
  await expect(near.call('get', [])).rejects.toThrow(/could not be cloned/)
  await expect(near.call('get', [])).rejects.toThrow(/a message of/)
  expect(await near.call('get', [])).toBe('fine')
})

test('bytes that are no message end the connection and everything under way', async () => {
  const onClose = vi.fn<(reason: Error | undefined) => void>()
  const { near, raw } = connect({ onCall: () => new Promise(() => {}), onClose })
  const call = near.call('wait', [])
  raw.write(Buffer.from([0, 0, 0, 3, 1, 2, 3]))
  await expect(call).rejects.toThrow('closed')
  expect(onClose.mock.calls[0]?.[0]?.message).toMatch(/^sent something that cannot be taken/)
})

test('what is much more than its bytes ends the connection before anybody looks at it', async () => {
  const heard = vi.fn<() => void>()
  const onClose = vi.fn<(reason: Error | undefined) => void>()
  const limited = { maxIncomingValues: 1_000, onNote: heard, onClose }
  const holes: unknown[] = []
  holes.length = 4_000_000_000
  let doubled: unknown = 'x'
  for (let time = 0; time < 40; time += 1) doubled = [doubled, doubled]
  for (const [value, reason] of [
    [holes, 'a message that is much more than its bytes'],
    [doubled, 'a message that is much more than its bytes'],
    [Array.from({ length: 1_000 }, () => ({})), 'a message of more than 1000 values'],
  ] as const) {
    const { near, far } = connect(limited)
    near.note('effects', [value])
    await vi.waitFor(() => expect(far.isClosed).toBe(true))
    expect(onClose).toHaveBeenLastCalledWith(new Error(`sent something that cannot be taken: ${reason}`))
  }
  expect(heard).not.toHaveBeenCalled()
})

test('what stands in a message a few times does not end the connection', async () => {
  const { near } = connect({ maxIncomingValues: 1_000, onCall: async ({ args }) => args[0] })
  const shared = { text: 'the same' }
  const list = Array.from({ length: 100 }, () => shared)
  expect(await near.call('echo', [list])).toEqual(list)
})

test('calls that take long leave turns of the event loop to others, and a flood is told of once', async () => {
  const onFlood = vi.fn<() => void>()
  const { near } = connect({
    budget: new WorkBudget(onFlood),
    maxCalls: 100,
    async onCall() {
      const { user } = process.cpuUsage()
      while (process.cpuUsage().user - user < 20_000) {
        // works
      }
    },
  })
  let turns = 0
  const count = (): void => {
    turns += 1
    immediate = setImmediate(count)
  }
  let immediate = setImmediate(count)
  await Promise.all(Array.from({ length: 25 }, () => near.call('work', [])))
  clearImmediate(immediate)
  expect(turns).toBeGreaterThanOrEqual(20)
  expect(onFlood).toHaveBeenCalledTimes(1)
})
