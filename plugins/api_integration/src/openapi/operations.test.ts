import { readFileSync } from 'node:fs'
import { expect, test } from 'vitest'
import { configuration } from '../configuration.ts'
import type { OpenApiConfig } from '../configuration.ts'
import { commandArguments, commandUsage } from './command-arguments.ts'
import { operationRequest } from './operation-request.ts'
import { readOperations } from './operations.ts'
import type { Operation } from './operations.ts'

const document = readFileSync(new URL('../__fixtures__/pets.yaml', import.meta.url), 'utf8')

function config(settings: object = {}): OpenApiConfig {
  const [service] = configuration.parse({ openapi: [{ document, ...settings }] }).openapi
  if (!service) throw new Error('no service')
  return service
}

function operation(name: string): Operation {
  const found = readOperations(config()).find((item) => item.name === name)
  if (!found) throw new Error(`no ${name}`)
  return found
}

test('operations get names that a command can have; those that cannot be called are left out', () => {
  expect(
    readOperations(config()).map(({ name, description, method }) => [name, description, method]),
  ).toEqual([
    ['get_pet_by_id', 'Finds a pet', 'GET'],
    ['list_pets', 'Lists pets', 'GET'],
    ['add_pet', 'Adds a pet', 'POST'],
  ])
  expect(readOperations(config({ operations: ['addPet'], prefix: 'zoo' })).map(({ name }) => name)).toEqual([
    'zoo_add_pet',
  ])
})

test('a schema that refers to itself ends', () => {
  expect(JSON.stringify(operation('add_pet').schema)).toContain('maxLength')
})

test.each([
  [{ operations: ['gone'] }, 'no usable operation "gone"'],
  [{ document: { openapi: '3.1.0', paths: {} } }, 'names no server'],
])('%j is told in words', (settings, message) => {
  expect(() => readOperations(config(settings))).toThrow(message)
})

test.each(['swagger: "2.0"', '[', 'just text', 'a: &a [*a]'])('%j is no document', (text) => {
  expect(configuration.safeParse({ openapi: [{ document: text }] }).success).toBe(false)
})

test('a command takes required parameters in order, others by name', () => {
  expect(commandUsage(operation('list_pets'))).toBe('/list_pets STATUS [limit=…]')
  expect(commandArguments(operation('list_pets'), 'free limit=3')).toEqual({ status: 'free', limit: 3 })
  expect(commandArguments(operation('get_pet_by_id'), '7 fields=a,b')).toEqual({
    petId: 7,
    fields: ['a', 'b'],
  })
  expect(commandArguments(operation('add_pet'), '{ "name": "Rex" }')).toEqual({ body: { name: 'Rex' } })
  expect(() => commandArguments(operation('list_pets'), '')).toThrow('Please write: /list_pets STATUS')
  expect(() => commandArguments(operation('list_pets'), 'free more words')).toThrow('Please write')
  expect(() => commandArguments(operation('add_pet'), '{ name }')).toThrow('not JSON')
})

test('arguments go where the document says', () => {
  const get = operationRequest(operation('get_pet_by_id'), { petId: 7, fields: ['a', 'b&c'] }, undefined)
  expect(get.url.href).toBe('https://pets.example.com/v1/pets/7?fields=a&fields=b%26c')
  const add = operationRequest(operation('add_pet'), { body: { name: 'Rex' } }, undefined)
  expect(add).toMatchObject({
    method: 'POST',
    body: '{"name":"Rex"}',
    headers: { 'content-type': 'application/json' },
  })
})

test.each(['..', '.', ''])('a path cannot be climbed with “%s”', (petId) => {
  expect(() => operationRequest(operation('get_pet_by_id'), { petId }, undefined)).toThrow(
    'cannot be looked up',
  )
})

test('what is no part of a path stays in its place', () => {
  const { url } = operationRequest(operation('get_pet_by_id'), { petId: '../../admin?x#y' }, undefined)
  expect(url.href).toBe('https://pets.example.com/v1/pets/..%2F..%2Fadmin%3Fx%23y')
})

test('schemas that mention each other again and again do not unfold without end', () => {
  const names = Array.from({ length: 60 }, (_, index) => `Thing${index}`)
  const all = Object.fromEntries(names.map((name) => [name, { $ref: `#/components/schemas/${name}` }]))
  const grown = {
    openapi: '3.0.0',
    servers: [{ url: 'https://api.example.com' }],
    paths: Object.fromEntries(
      names.map((name) => [
        `/${name}`,
        {
          post: {
            operationId: name,
            requestBody: { required: true, content: { 'application/json': { schema: all[name] } } },
          },
        },
      ]),
    ),
    components: {
      schemas: Object.fromEntries(names.map((name) => [name, { type: 'object', properties: all }])),
    },
  }
  const operations = readOperations(config({ document: grown }))
  expect(operations).toHaveLength(50)
  expect(JSON.stringify(operations[0]?.schema).length).toBeLessThan(500_000)
})

test.each([
  'http://169.254.169.254/schema.json',
  'file:///etc/passwd',
  '//evil.example/x',
  '#/%',
  '#/%ff',
  '#/__proto__',
  '#/constructor/prototype',
  '#/openapi/length',
  `#${'/paths'.repeat(10_000)}`,
])('what stands outside of the document, or nowhere, is not fetched: %s', (reference) => {
  const outward = {
    openapi: '3.0.0',
    servers: [{ url: 'https://api.example.com' }],
    paths: {
      '/a': {
        get: {
          operationId: 'a',
          parameters: [{ name: 'q', in: 'query', schema: { $ref: reference } }],
        },
      },
    },
  }
  const [found] = readOperations(config({ document: outward }))
  expect(found?.schema).toMatchObject({ properties: { q: {} } })
})
