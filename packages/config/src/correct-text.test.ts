import { expect, test } from 'vitest'
import { correctText } from './correct-text.ts'
import type { Correction } from './correct-text.ts'
import { parseEnvFile } from './env-file.ts'

function correctAll(text: string, corrections: readonly (Correction | undefined)[]): string | undefined {
  let result: string | undefined = text
  for (const correction of corrections) {
    if (correction && result !== undefined) result = correctText(result, correction)
  }
  return result
}

test('a key is renamed and nothing else, unless the other name is taken', () => {
  const text = '\t{ "http" : { "prot":8080, // "prot"\r\n "x": "prot" } }'
  const rename: Correction = { kind: 'rename-key', at: ['http', 'prot'], to: 'port' }
  expect(correctText(text, rename)).toBe(text.replace('"prot":', '"port":'))
  expect(correctText('{ "http": { "prot": 1, "port": 2 } }', rename)).toBeUndefined()
  expect(correctText('{ "http": {} }', rename)).toBeUndefined()
  expect(correctText('not JSON', rename)).toBeUndefined()
})

test.each([
  ['A="x', 'A=x'],
  ['A=x"', 'A=x'],
  ["A='x # note", 'A=x # note'],
  ['A=“x”', 'A=x'],
  ['export A = „x“ # note', 'export A = x # note'],
  ['A="x\nB=2', 'A=x\nB=2'],
  ['A="x\r\nB="2"\r\n', 'A=x\r\nB="2"\r\n'],
  ['A: x', 'A=x'],
  ['A : "x y"', 'A="x y"'],
])('%j in .env is meant as %j', (written, meant) => {
  const { problems } = parseEnvFile('.env', written)
  expect(problems).toHaveLength(1)
  expect(
    correctAll(
      written,
      problems.map(({ correction }) => correction),
    ),
  ).toBe(meant)
  expect(parseEnvFile('.env', meant).problems).toEqual([])
})

test.each([
  'A="x"',
  "A='x' # “note”",
  'A="-----BEGIN KEY-----\nAbC1==\nAB=\n-----END KEY-----"',
  'A="first\nsecond=2"',
  "A=it's",
  'A=5" wide',
  'A=',
  'A=""',
  'A={"b": "c"}',
  'A=say "hi"',
])('%j in .env is left alone', (written) => {
  expect(parseEnvFile('.env', written).problems).toEqual([])
})

test('a variable is renamed wherever it is set, and only there', () => {
  const rename: Correction = { kind: 'rename-variable', name: 'BOT_TOKEN', to: 'TELEGRAM_BOT_TOKEN' }
  expect(correctText('# BOT_TOKEN=\nMY_BOT_TOKEN=1\nexport BOT_TOKEN =2', rename)).toBe(
    '# BOT_TOKEN=\nMY_BOT_TOKEN=1\nexport TELEGRAM_BOT_TOKEN =2',
  )
  expect(correctText('A=1', rename)).toBeUndefined()
})
