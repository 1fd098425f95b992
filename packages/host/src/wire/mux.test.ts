import { duplexPair } from 'node:stream'
import type { Duplex } from 'node:stream'
import { expect, test, vi } from 'vitest'
import { Mux } from './mux.ts'

/** Two connections over one, each with both ends. */
function pair(): { one: [Duplex, Duplex]; two: [Duplex, Duplex]; carrier: Duplex } {
  const [left, right] = duplexPair()
  const [near, far] = [new Mux(left), new Mux(right)]
  return { one: [near.open(1), far.open(1)], two: [near.open(2), far.open(2)], carrier: right }
}

test('pieces of two connections do not mix, whatever their sizes', async () => {
  const { one, two } = pair()
  one[0].write('a')
  two[0].write('b')
  one[0].write('x'.repeat(300_000))
  two[0].write('c')
  let size = 0
  one[1].on('data', (chunk: Buffer) => (size += chunk.byteLength))
  let seen = ''
  two[1].on('data', (chunk: Buffer) => (seen += String(chunk)))
  await expect.poll(() => [size, seen]).toEqual([300_001, 'bc'])
})

test('what was written together goes in one piece, whole and in order', async () => {
  const [left, right] = duplexPair()
  const channel = new Mux(left).open(1)
  const far = new Mux(right).open(1)
  const writes = vi.spyOn(left, '_write')
  channel.cork()
  for (const text of ['a', 'b', '', 'c']) channel.write(text)
  channel.uncork()
  let seen = ''
  far.on('data', (chunk: Buffer) => (seen += String(chunk)))
  await expect.poll(() => seen).toBe('abc')
  // one header (connection number and length), then the three chunks
  expect(writes).toHaveBeenCalledTimes(4)
})

test('a connection that is closed here closes there, and leaves the other one open', async () => {
  const { one, two } = pair()
  one[0].destroy()
  await expect.poll(() => one[1].destroyed).toBe(true)
  two[1].write('back')
  const answer = await new Promise((resolve) => {
    two[0].once('data', (chunk: Buffer) => resolve(String(chunk)))
  })
  expect(answer).toBe('back')
})

test('all connections close with what carries them', async () => {
  const { one, two, carrier } = pair()
  carrier.destroy()
  await expect.poll(() => [...one, ...two].every(({ destroyed }) => destroyed)).toBe(true)
})
