import { describe, expect, it } from 'vitest'
import { z } from 'zod'
import { createJsonSchema } from './json-schema.ts'

function accepts(schema: Record<string, unknown>, value: unknown): boolean {
  return z.fromJSONSchema(schema).safeParse(value).success
}

describe('createJsonSchema', () => {
  it('describes config.json for editors, and nothing of this package leaks into it', () => {
    const schema = createJsonSchema()
    expect(schema).toMatchObject({
      $schema: 'https://json-schema.org/draft/2020-12/schema',
      type: 'object',
      additionalProperties: false,
    })
    expect(JSON.stringify(schema)).not.toContain('"expected"')
    expect(Object.keys(schema['properties'] as object)).toEqual([
      '$schema',
      'assistant',
      'ai',
      'mcp',
      'telegram',
      'network',
      'http',
      'log',
      'journeys',
      'storage',
      'cache',
      'backup',
      'alerts',
      'access',
      'limits',
      'plugin_host',
      'databases',
      'plugins',
    ])
  })

  it('accepts and refuses as the loader does', () => {
    const schema = createJsonSchema()
    expect(accepts(schema, {})).toBe(true)
    expect(accepts(schema, { ai: { model: 'openai:x' }, plugins: { dice: { anything: 1 } } })).toBe(true)
    expect(accepts(schema, { telegram: { bot_token: '${TELEGRAM_BOT_TOKEN}' } })).toBe(true)
    expect(accepts(schema, { ai: { model: 'nonsense' } })).toBe(false)
    expect(accepts(schema, { modle: 1 })).toBe(false)
    expect(accepts(schema, { http: { port: 70_000 } })).toBe(false)
    expect(accepts(schema, { plugins: { dice: 5 } })).toBe(false)
  })

  it('takes in the schemas of plugins with their references, and asks for no key that .env may hold', () => {
    const node = z
      .object({
        name: z.string(),
        get next() {
          return node.optional()
        },
      })
      .meta({ id: 'node' })
    const plugin = z.toJSONSchema(z.object({ api_key: z.string(), chain: node }))
    const schema = createJsonSchema({ my_plugin: plugin, 'Bad Name': {} })
    const text = JSON.stringify(schema)
    expect(text).toContain('"#/$defs/plugin_my_plugin/$defs/')
    expect(text).not.toContain('Bad Name')
    expect((schema['$defs'] as Record<string, object>)['plugin_my_plugin']).not.toHaveProperty('required')
    for (const [, reference] of text.matchAll(/"\$ref":"([^"]+)"/g)) {
      const target = (reference ?? '')
        .slice(2)
        .split('/')
        .reduce<unknown>((part, key) => Reflect.get(part as object, key), schema)
      expect(target).toBeTypeOf('object')
    }
  })
})
