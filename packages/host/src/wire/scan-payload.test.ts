import { deserialize, serialize } from 'node:v8'
import { expect, test } from 'vitest'
import { scanPayload } from './scan-payload.ts'

const LIMITS = { values: 10_000, depth: 100 }

/** Payloads as an attacker inside a plugin process could write them: the header, then anything. */
const forged = (...bytes: readonly number[]): Uint8Array => Uint8Array.from([0xff, 15, ...bytes])

function withHoles(): unknown[] {
  const array: unknown[] = [1]
  array[2] = 3
  return Object.assign(array, { x: 'y' })
}

class Failure extends TypeError {}

test.each<readonly [what: string, value: unknown, values: number]>([
  ['nothing', undefined, 1],
  ['no value', null, 1],
  ['small and large numbers', [0, -1, 2 ** 31 - 1, -(2 ** 31), 2 ** 32, 0.5, Number.NaN, -0], 9],
  ['truths', [true, false], 3],
  ['large integers', [0n, -1n, 10n ** 100n], 4],
  ['texts of one and of two bytes a character', ['', 'a', 'ä', 'Ω'.repeat(100), '€', '🙂'], 7],
  ['objects', { a: 1, 7: { b: [{}] } }, 8],
  ['arrays with holes and members', [withHoles()], 8],
  ['dates', [new Date(0), new Date(Number.NaN)], 3],
  ['wrapped values', [Object(1), Object('x'), Object(true), Object(false), Object(5n)], 7],
  ['patterns', [/a(b)+/giu, /€/], 5],
  ['maps and sets', [new Map<unknown, unknown>([['a', new Map()]]), new Set([1, 'x'])], 7],
  ['bytes', [new Uint8Array(300), Buffer.alloc(5), new Float64Array(3), new DataView(new ArrayBuffer(9))], 5],
  ['memory, and a view on it', [new ArrayBuffer(200)], 2],
  ['errors', [new Failure('too bad', { cause: { a: 1 } }), new RangeError('many')], 10],
])('%s are counted, and nothing is read beyond them', (_what, value, values) => {
  const payload = serialize(value)
  expect(deserialize(payload)).toEqual(value)
  expect(scanPayload(payload, LIMITS).values).toBe(values)
  // one byte less fails, so the payload is read to its last byte
  expect(() => scanPayload(payload.subarray(0, -1), LIMITS)).toThrow('a message in an unknown form')
})

test('it tells whether something stands in it twice, or there are holes', () => {
  const shared = { a: 1 }
  expect(scanPayload(serialize([shared, { a: 1 }]), LIMITS).canGrow).toBe(false)
  expect(scanPayload(serialize([shared, shared]), LIMITS).canGrow).toBe(true)
  const sparse: unknown[] = []
  sparse.length = 4_000_000_000
  expect(scanPayload(serialize([sparse]), LIMITS).canGrow).toBe(true)
})

test('too many values and too many levels are refused', () => {
  const many = Array.from({ length: 10_000 }, () => ({}))
  expect(() => scanPayload(serialize(many), LIMITS)).toThrow('a message of more than 10000 values')
  let deep: unknown = 'x'
  for (let level = 0; level < 101; level += 1) deep = [deep]
  expect(() => scanPayload(serialize(deep), LIMITS)).toThrow('a message of more than 100 levels')
})

test('an integer that takes long to print is refused', () => {
  expect(scanPayload(serialize(1n << 8_000n), LIMITS).values).toBe(1)
  expect(() => scanPayload(serialize([1n << 9_000n]), LIMITS)).toThrow('an integer of more than 1024 bytes')
})

test.each<readonly [what: string, payload: Uint8Array]>([
  ['nothing at all', new Uint8Array()],
  ['another version', Uint8Array.from([0xff, 13, 0x30])],
  ['memory that grows', forged(0x7e, 1, 0x80, 0x80, 0x80, 0x80, 0x0f, 0)],
  ['an object of the engine', forged(0x77, 0)],
  ['a text that is longer than the rest', forged(0x22, 0xff, 0xff, 0xff, 0xff, 0x0f, 0x61)],
  ['a number that does not end', forged(0x49, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80)],
  ['an error of an unknown make', forged(0x72, 0x51, 0x2e)],
  ['an object that does not end', forged(0x6f)],
])('%s is refused', (_what, payload) => {
  expect(() => scanPayload(payload, LIMITS)).toThrow('a message in an unknown form')
})
