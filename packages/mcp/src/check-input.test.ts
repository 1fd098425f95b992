import { expect, test } from 'vitest'
import { checkInput } from './check-input.ts'

const SCHEMA = {
  type: 'object',
  required: ['to'],
  additionalProperties: false,
  properties: {
    to: { type: 'string' },
    count: { type: ['integer', 'null'] },
    mode: { enum: ['a', 'b'] },
    list: { type: 'array', items: { type: 'object', properties: { n: { type: 'number' } } } },
  },
}

test.each<[input: unknown, problem: string | undefined]>([
  [{ to: 'x' }, undefined],
  [{ to: 'x', count: null, mode: 'b', list: [{ n: 1, more: true }] }, undefined],
  [{}, 'to: is missing'],
  [[], 'arguments: expected object'],
  [null, 'arguments: expected object'],
  [{ to: 1 }, 'to: expected string'],
  [{ to: 'x', count: 1.5 }, 'count: expected integer or null'],
  [{ to: 'x', mode: 'c' }, 'mode: expected "a" or "b"'],
  [{ to: 'x', list: [{}, { n: '1' }] }, 'list[1].n: expected number'],
  [{ to: 'x', bcc: 'y' }, 'bcc: is not known'],
])('%j', (input, problem) => {
  expect(checkInput(SCHEMA, input)).toBe(problem)
})

test.each([
  undefined,
  null,
  'x',
  7,
  [],
  { type: 7 },
  { type: 'odd' },
  { enum: 7, required: 'x', properties: [] },
])('the odd schema %j refuses nothing', (schema) => {
  expect(checkInput(schema, { a: 1 })).toBeUndefined()
})

test('a schema that contains itself ends', () => {
  const schema: Record<string, unknown> = { type: 'object' }
  schema.properties = { next: schema }
  const input: Record<string, unknown> = {}
  input.next = input
  expect(checkInput(schema, input)).toBeUndefined()
})
