import { describe, expect, it } from 'vitest'
import { z } from 'zod'
import { coerceToSchema, refusesKey, schemaOfMember } from './coerce-to-schema.ts'

describe('coerceToSchema', () => {
  it.each([
    ['3', { type: 'number' }, 3],
    ['-1.5e3', { type: 'number' }, -1500],
    ['3', { type: 'integer' }, 3],
    ['3.5', { type: 'integer' }, '3.5'],
    ['9007199254740993', { type: 'integer' }, '9007199254740993'],
    ['0x10', { type: 'number' }, '0x10'],
    ['', { type: 'number' }, ''],
    ['Infinity', { type: 'number' }, 'Infinity'],
    ['1e999', { type: 'number' }, '1e999'],
    ['true', { type: 'boolean' }, true],
    ['OFF', { type: 'boolean' }, false],
    ['maybe', { type: 'boolean' }, 'maybe'],
    ['3', { type: 'string' }, '3'],
    ['3', { type: ['string', 'number'] }, '3'],
    ['3', {}, '3'],
    ['3', true, '3'],
    ['null', { type: ['number', 'null'] }, null],
    ['["a", 1]', { type: 'array' }, ['a', 1]],
    ['{"a": 1}', { type: 'object' }, { a: 1 }],
    ['{"__proto__": 1}', { type: 'object' }, '{"__proto__": 1}'],
    ['[1,,]', { type: 'array' }, '[1,,]'],
    ['2', { enum: [1, 2] }, 2],
    ['2', { anyOf: [{ type: 'number' }, { type: 'null' }] }, 2],
  ])('%j under %j is %j', (text, schema, expected) => {
    expect(coerceToSchema(text, schema)).toEqual(expected)
  })

  it('follows references and survives those in a circle', () => {
    const schema = {
      $ref: '#/$defs/count',
      $defs: { count: { type: 'integer' }, loop: { $ref: '#/$defs/loop' } },
    }
    expect(coerceToSchema('4', schema)).toBe(4)
    expect(coerceToSchema('4', { $ref: '#/$defs/loop' }, schema)).toBe('4')
    const circle: { anyOf: unknown[] } = { anyOf: [] }
    circle.anyOf.push(circle)
    expect(coerceToSchema('4', circle)).toBe('4')
  })

  it('understands what Zod makes', () => {
    const schema = z.toJSONSchema(
      z.object({
        max: z.number().int().default(3),
        flags: z.array(z.boolean()).optional(),
        size: z.union([z.literal(1), z.literal(2)]),
      }),
    )
    expect(coerceToSchema('7', schemaOfMember(schema, 'max', schema), schema)).toBe(7)
    expect(coerceToSchema('2', schemaOfMember(schema, 'size', schema), schema)).toBe(2)
    const flags = schemaOfMember(schema, 'flags', schema)
    expect(coerceToSchema('yes', schemaOfMember(flags, 0, schema), schema)).toBe(true)
    expect(refusesKey(schema, 'max')).toBe(false)
    expect(refusesKey(schema, 'other')).toBe(true)
    expect(refusesKey(undefined, 'other')).toBe(false)
  })
})
