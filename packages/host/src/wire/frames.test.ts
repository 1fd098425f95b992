import fc from 'fast-check'
import { expect, test } from 'vitest'
import { FrameReader, toFrame } from './frames.ts'

test('payloads come out as they went in, however the bytes are cut', () => {
  const payloads = fc.array(fc.uint8Array({ maxLength: 300 }), { maxLength: 10 })
  fc.assert(
    fc.property(payloads, fc.array(fc.integer({ min: 1, max: 50 }), { minLength: 1 }), (sent, cuts) => {
      const bytes = Buffer.concat(sent.flatMap((payload) => toFrame(Buffer.from(payload), 1_000)))
      const reader = new FrameReader(1_000)
      const received: Buffer[] = []
      for (let at = 0, turn = 0; at < bytes.byteLength; turn += 1) {
        const size = cuts[turn % cuts.length] ?? 1
        received.push(...reader.push(bytes.subarray(at, at + size)))
        at += size
      }
      expect(received.map((payload) => [...payload])).toEqual(sent.map((payload) => [...payload]))
    }),
  )
})

test('a payload over the limit is neither sent nor waited for', () => {
  expect(() => toFrame(Buffer.alloc(11), 10)).toThrow('a message of')
  const announced = Buffer.alloc(4)
  announced.writeUInt32BE(11)
  expect(() => new FrameReader(10).push(announced)).toThrow('are possible')
})

test.each([
  ['just over the limit', [0, 0, 0, 11]],
  ['of four gigabytes', [0xff, 0xff, 0xff, 0xff]],
  ['below nothing, read with a sign', [0x80, 0, 0, 0]],
  ['that is the start of a text', [...Buffer.from('GET ')]],
  ['behind a frame without a byte', [0, 0, 0, 0, 0x7f, 0, 0, 0]],
])('a length %s is refused as soon as it is there, byte by byte', (_what, bytes) => {
  const reader = new FrameReader(10)
  const last = bytes.pop() ?? 0
  for (const byte of bytes) reader.push(Buffer.from([byte]))
  expect(() => reader.push(Buffer.from([last]))).toThrow('are possible')
})
