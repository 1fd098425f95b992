import { expect, test } from 'vitest'
import { coversHost, missingGrants } from './grants.ts'

test('what was not granted is listed, line by line', () => {
  const asked = { network: ['api.example.com', 'b.example.org'], ai: true, files: true }
  expect(missingGrants(asked, {})).toEqual([
    'network: api.example.com',
    'network: b.example.org',
    'ai',
    'files',
  ])
  expect(missingGrants(asked, { network: ['*.example.com'], ai: true, files: false })).toEqual([
    'network: b.example.org',
    'files',
  ])
  expect(missingGrants(asked, 'everything')).toEqual([])
  expect(missingGrants({}, {})).toEqual([])
})

test.each([
  ['api.example.com', 'API.example.com', true],
  ['*.example.com', 'a.b.example.com', true],
  ['*.example.com', '*.b.example.com', true],
  ['*.example.com', 'example.com', false],
  ['example.com', 'api.example.com', false],
  ['*.example.com', 'evilexample.com', false],
  ['*.example.com', '*.com', false],
  ['*', 'example.com', true],
  ['*', '*.example.com', true],
  ['*.example.com', '*', false],
  ['*', 'localhost', false],
  ['*', '192.168.1.5', false],
  ['*', '[::1]', false],
])('%s covers %s: %s', (pattern, host, expected) => {
  expect(coversHost(pattern, host)).toBe(expected)
})
