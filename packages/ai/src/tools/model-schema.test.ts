import { expect, test } from 'vitest'
import { modelSchema } from './model-schema.ts'

const text = { type: 'string' }

test.each([
  [
    'alternatives at the top',
    {
      anyOf: [
        { type: 'object', properties: { id: text }, required: ['id'] },
        { type: 'object', properties: { slug: text, kind: text }, required: ['slug', 'kind'] },
      ],
    },
    {
      type: 'object',
      properties: { id: text, slug: text, kind: text },
      description: 'Give one of: id; or slug and kind.',
    },
  ],
  [
    'parts at the top, with a condition',
    {
      type: 'object',
      properties: { mode: text },
      allOf: [
        { properties: { size: { type: 'integer' } }, required: ['size'] },
        { if: { properties: { mode: { const: 'a' } } }, else: { required: ['mode'] } },
      ],
    },
    { type: 'object', properties: { mode: text, size: { type: 'integer' } }, required: ['size'] },
  ],
  [
    'references, one of which never ends',
    {
      $schema: 'https://json-schema.org/draft/2020-12/schema',
      type: 'object',
      properties: { who: { $ref: '#/$defs/person' } },
      $defs: {
        person: { type: 'object', properties: { name: text, age: { $ref: '#/$defs/age' } } },
        age: { type: 'integer' },
      },
    },
    {
      type: 'object',
      properties: { who: { type: 'object', properties: { name: text, age: { type: 'integer' } } } },
    },
  ],
  [
    'keywords that some provider refuses',
    {
      type: 'object',
      properties: {
        at: { type: 'string', format: 'uri', pattern: '^h' },
        list: { type: 'array' },
        pair: { type: 'array', prefixItems: [text, text] },
        kind: { const: 'a' },
        open: true,
      },
      patternProperties: { '^x': text },
    },
    {
      type: 'object',
      properties: {
        at: text,
        list: { type: 'array', items: {} },
        pair: { type: 'array', items: text },
        kind: { enum: ['a'] },
        open: {},
      },
    },
  ],
  ['nothing at all', {}, { type: 'object', properties: {} }],
])('%s becomes an object that every provider takes', (_what, schema, expected) => {
  expect(modelSchema(schema)).toEqual({ schema: expected })
})

test('a schema that contains itself ends', () => {
  const node = { type: 'object', properties: { next: { $ref: '#' } } }
  expect(JSON.stringify(modelSchema(node)).length).toBeLessThan(1_000)
})

test.each([
  [{ type: 'string' }, 'takes "string"'],
  [{ type: 'object', properties: { größe: text } }, 'has a parameter named "größe"'],
])('%j is no schema of a tool, and the problem is named', (schema, problem) => {
  expect(modelSchema(schema)).toEqual({ problem: expect.stringContaining(problem) })
})
