import { mkdtempSync, rmSync, utimesSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { VENDORS } from '../vendors.ts'
import { parsePrices } from './prices.ts'
import { PricesFile } from './prices-file.ts'

test('the models that are taken by default have a price', () => {
  const prices = parsePrices(undefined)
  for (const { provider, defaultModel } of VENDORS) {
    expect(prices.find(`${provider}:${defaultModel}`)?.output).toBeGreaterThan(0)
  }
  expect(prices.find('openai:unheard-of')).toBeUndefined()
  expect(prices.find('__proto__')).toBeUndefined()
})

test('the owner’s prices win, the longest pattern first', () => {
  const prices = parsePrices(
    JSON.stringify({
      models: {
        'router:*': { input: 1, output: 2 },
        'router:big-*': { input: 10, output: 20 },
        'openai:gpt-6-luna': { input: 9, output: 9 },
      },
    }),
  )
  expect(prices.find('router:small')?.input).toBe(1)
  expect(prices.find('router:big-one')?.input).toBe(10)
  expect(prices.find('openai:gpt-6-luna')?.input).toBe(9)
  expect(prices.find('anthropic:claude-haiku-5-5')?.input).toBe(0.1)
})

test('built-in prices are dollars and count in no other currency', () => {
  const prices = parsePrices('\uFEFF{ "currency": "EUR", "models": {} }')
  expect(prices.currency).toBe('EUR')
  expect(prices.find('openai:gpt-6-luna')).toBeUndefined()
})

test.each([
  ['{', /^it is not JSON \(/],
  ['[]', /^prices\.json: .*expected object/],
  ['{ "models": { "a:b": { "input": -1, "output": 1 } } }', /^models\.a:b\.input: /],
  ['{ "currency": "euro" }', /^currency: /],
])('the file %s is refused with words that name the place', (text, words) => {
  expect(() => parsePrices(text)).toThrow(words)
})

test('a changed file counts at once; a broken one is told once and changes nothing', () => {
  const folder = mkdtempSync(join(tmpdir(), 'pluggram-prices-'))
  const path = join(folder, 'prices.json')
  const errors: string[] = []
  const file = new PricesFile(path, {
    debug() {},
    info() {},
    warn() {},
    error: (line) => void errors.push(line),
  })
  const write = (text: string, second: number): void => {
    writeFileSync(path, text)
    utimesSync(path, second, second)
  }
  try {
    expect(file.current().find('a:b')).toBeUndefined()
    write('{ "models": { "a:b": { "input": 1, "output": 2 } } }', 1)
    expect(file.current().find('a:b')).toEqual({ input: 1, output: 2 })
    write('{ "models": ', 2)
    expect(file.current().find('a:b')).toEqual({ input: 1, output: 2 })
    expect(errors).toHaveLength(1)
    expect(file.problem).toContain('prices.json')
    write('{}', 3)
    expect(file.current().find('a:b')).toBeUndefined()
    expect(file.problem).toBeUndefined()
  } finally {
    rmSync(folder, { recursive: true })
  }
})
