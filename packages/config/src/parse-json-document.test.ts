import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { JsonPath, JsonValue } from './json-value.ts'
import { createLineIndex } from './line-index.ts'
import { parseJsonDocument } from './parse-json-document.ts'

function problemsOf(text: string): string[] {
  return parseJsonDocument('/home/config.json', text).problems.map(
    ({ line, column, path, message, fix }) => `${line}:${column} ${path} ${message}; ${fix}`,
  )
}

describe('syntax errors', () => {
  it.each([
    ['{ "a": 1,, }', '1:10', 'a key, but got a comma; remove the comma'],
    ['[1,\n 2 ,, ]', '2:5', 'a value, but got a comma; remove the comma'],
    ['{ /* never closed', '1:3', 'a closing */'],
    ['{\n  # why\n  "a": 1\n}', '2:3', 'begin a comment with //'],
    ['{ / why\n "a": 1 }', '1:3', 'begin a comment with //'],
    ['{ a: 1 }', '1:3', 'a word without quotes'],
    ["{ 'a': 1 }", '1:3', 'single quotes'],
    ['{ "a": True }', '1:8', 'lower case'],
    ['{ "a": NaN }', '1:8', 'write null'],
    ['{ "a" 1 }', '1:7', 'a colon after the key'],
    ['{ "a": 1\n  "b": 2 }', '2:3', 'a comma between two entries'],
    ['{ "a": "x\n}', '1:8', 'a closing double quote'],
    ['{ "a": 1', '1:9', 'a closing }, but got the end of the file'],
    ['[1', '1:3', 'a closing ]'],
    ['{} {}', '1:4', 'the end of the file'],
    ['{ "a": 1. }', '1:8', 'an unfinished number'],
    ['{ "a": "\\x" }', '1:8', 'another escape'],
    ['{ "a": "\\u12" }', '1:8', 'four hexadecimal digits'],
    ['{ "a": "\u0001" }', '1:8', 'control character'],
    ['{ "a": }', '1:8', 'a value, but got }'],
    ['{ , }', '1:3', 'a comma'],
  ])('%j is reported at %s as %s', (text, position, words) => {
    const [first] = problemsOf(text)
    expect(first).toContain(`${position} `)
    expect(first).toContain(words)
  })

  it('reports several errors of one file, one a line', () => {
    const problems = problemsOf('{\n  a: 1,\n  "b": True,\n  "c": 3,,\n}')
    expect(problems.map((problem) => problem.split(' ')[0])).toEqual(['2:3', '3:8', '4:10'])
  })

  it('never repeats what stands in the file', () => {
    const text = '{ "api_key" sk-verysecret, "b": \'hunter2hunter2\', hunter3 }'
    expect(problemsOf(text).join('\n')).not.toMatch(/verysecret|hunter/)
  })

  it.each(['', ' \n\t', '\r\n', '// nothing yet\n'])('says that %j is empty', (text) => {
    expect(problemsOf(text)).toEqual([
      '1:1  expected a JSON object, but got an empty file; write {} into the file, or remove it',
    ])
  })
})

describe('what people write beside JSON', () => {
  it.each([
    ['{\n  // why\n  "a": 1\n}', { a: 1 }],
    ['/* first */ { "a": /* x, } */ [1, 2,], } // last', { a: [1, 2] }],
    ['{"a":"// text, }"}', { a: '// text, }' }],
    ['{ "a": 1, // one,\r\n}', { a: 1 }],
  ])('reads %j', (text, value) => {
    expect(parseJsonDocument('f', text)).toMatchObject({ document: { value }, problems: [] })
  })

  it('counts the lines of comments', () => {
    const problems = problemsOf('// one\n/* two\n three */ { // four\n "a": 1,\n "a": 2 }')
    expect(problems).toEqual(['5:2 a this key is already on line 4; keep one of the two'])
  })
})

describe('keys', () => {
  it('names both lines of a duplicate key', () => {
    expect(problemsOf('{\n  "a": {\n    "b": 1,\n    "b": 2\n  }\n}')).toEqual([
      '4:5 a.b this key is already on line 3; keep one of the two',
    ])
  })

  it('sees a duplicate that is written with an escape', () => {
    expect(problemsOf('{"a":1,"\\u0061":2}')[0]).toContain('this key is already on line 1')
  })

  it.each(['__proto__', 'constructor', 'prototype', '\\u005f_proto__'])('refuses %s at any depth', (key) => {
    const { document, problems } = parseJsonDocument('f', `{"aaaaaaa":{"x":[{"${key}":{"polluted":true}}]}}`)
    expect(document).toBeUndefined()
    expect(problems).toHaveLength(1)
    expect(problems[0]).toMatchObject({
      line: 1,
      column: 19,
      message: expect.stringContaining('is not allowed'),
    })
    expect(({} as Record<string, unknown>)['polluted']).toBeUndefined()
  })

  it('gives the keys in the order of the file', () => {
    const { document } = parseJsonDocument('f', '{"b":1,"10":2,"a":3,"9":4}')
    expect(document?.keysAt([])).toEqual(['b', '10', 'a', '9'])
    expect(document?.keysAt(['a'])).toEqual([])
    expect(document?.keysAt(['missing'])).toEqual([])
  })
})

describe('limits', () => {
  it.each([
    ['arrays', '['.repeat(100_000)],
    ['objects', '{"a":'.repeat(100_000)],
    ['brackets behind a comment with a quote', `/*"*/${'['.repeat(100_000)}`],
    ['wrong closing brackets', '[},'.repeat(100_000)],
    ['wrong closing brackets in objects', '{"a":{]'.repeat(50_000)],
    ['closed arrays', '['.repeat(100_000) + ']'.repeat(100_000)],
  ])('refuses 100,000 %s without overflowing', (_, text) => {
    expect(problemsOf(text)[0]).toContain('at most 64 levels of nesting')
  })

  it('takes 64 levels and refuses 65', () => {
    expect(problemsOf('['.repeat(64) + ']'.repeat(64))).toEqual([])
    expect(problemsOf('['.repeat(65) + ']'.repeat(65))[0]).toMatch(/^1:65 /)
  })

  it('does not count brackets inside text', () => {
    expect(problemsOf(JSON.stringify({ a: '['.repeat(1000) }))).toEqual([])
  })

  it('refuses a number that no computer number can hold', () => {
    expect(problemsOf('{"a":[1e999]}')[0]).toContain('1:7 a[0] expected a number below')
  })

  it('stays quick and short on a megabyte of garbage', () => {
    const before = process.cpuUsage()
    expect(problemsOf('x '.repeat(500_000)).length).toBeLessThanOrEqual(5)
    expect(problemsOf(`{${'"a":1,'.repeat(150_000)}"a":1}`).length).toBeLessThanOrEqual(100)
    expect(process.cpuUsage(before).user).toBeLessThan(8_000_000)
  })
})

const key = fc
  .string({ unit: 'grapheme', maxLength: 8 })
  .filter((name) => !/^(?:__proto__|constructor|prototype)$/.test(name))
const { object: json } = fc.letrec<{ json: JsonValue; object: JsonValue }>((tie) => ({
  json: fc.oneof(
    { maxDepth: 5, withCrossShrink: true },
    fc.string({ unit: 'binary' }),
    fc.integer(),
    fc.double({ noNaN: true, noDefaultInfinity: true }).map((number) => (Object.is(number, -0) ? 0 : number)),
    fc.boolean(),
    fc.constant(null),
    fc.array(tie('json'), { maxLength: 4 }),
    tie('object'),
  ),
  object: fc.dictionary(key, tie('json'), { maxKeys: 4, noNullPrototype: true }),
}))

function* pathsOf(value: JsonValue, path: JsonPath = []): Generator<JsonPath> {
  yield path
  if (typeof value !== 'object' || value === null) return
  for (const [name, item] of Object.entries(value)) {
    yield* pathsOf(item as JsonValue, [...path, Array.isArray(value) ? Number(name) : name])
  }
}

describe('properties', () => {
  it('reads back any JSON, with any indentation and line ends', () => {
    fc.assert(
      fc.property(
        json,
        fc.constantFrom(0, 2, '\t'),
        fc.constantFrom('\n', '\r\n', '\r'),
        (value, indent, eol) => {
          const text = JSON.stringify(value, null, indent).replaceAll('\n', eol)
          expect(parseJsonDocument('f', text)).toMatchObject({ document: { value }, problems: [] })
        },
      ),
    )
  })

  it('takes what JSON.parse takes, comments and a trailing comma, and nothing else', () => {
    const piece = fc.constantFrom(
      '{',
      '}',
      '[',
      ']',
      ',',
      ':',
      '"a"',
      '"b"',
      '"',
      '1',
      '-',
      '0',
      '.',
      'e5',
      'true',
      'nul',
      ' ',
      '\n',
      '\\',
      '\u00a0',
      '//',
      '/*',
      "'",
      '\u2028',
      '\f',
    )
    fc.assert(
      fc.property(fc.array(piece, { maxLength: 12 }), (pieces) => {
        const text = pieces.join('')
        const bare = text
          .replaceAll(
            /("(?:[^"\\\n]|\\.)*")|\/\/[^\n]*|\/\*[^]*?\*\//g,
            (_, quoted?: string) => quoted ?? ' ',
          )
          .replaceAll(/("(?:[^"\\\n]|\\.)*")|(?<=["\d\]}el][ \n]*),(?=[ \n]*[}\]])/g, '$1')
        let isJson = true
        try {
          JSON.parse(bare)
        } catch {
          isJson = false
        }
        const { document, problems } = parseJsonDocument('f', text)
        const isDuplicate = problems.some((problem) => problem.expected === 'this key is already on line 1')
        expect(document !== undefined || isDuplicate).toBe(isJson)
        expect(problems.length > 0).toBe(document === undefined)
      }),
      { numRuns: 3000 },
    )
  })

  it('points at the first character of every key and value', () => {
    fc.assert(
      fc.property(json, fc.constantFrom('\n', '\r\n'), (value, eol) => {
        const text = JSON.stringify(value, null, 2).replaceAll('\n', eol)
        const { document } = parseJsonDocument('f', text)
        const lines = text.split(eol)
        for (const path of pathsOf(value)) {
          const at = document?.locateKey(path)
          const rest = lines[(at?.line ?? 0) - 1]?.slice((at?.column ?? 0) - 1) ?? ''
          const last = path.at(-1)
          const start = typeof last === 'string' ? `${JSON.stringify(last)}: ` : ''
          expect(rest.slice(0, start.length)).toBe(start)
          const item = path.reduce<unknown>((inner, segment) => Reflect.get(inner as object, segment), value)
          const there = document?.locateValue(path)
          const first = lines[(there?.line ?? 0) - 1]?.charAt((there?.column ?? 0) - 1)
          expect(first).toBe(JSON.stringify(item).charAt(0))
        }
      }),
      { numRuns: 60 },
    )
  })
})

describe('positions', () => {
  const text = '{\n  "a": { "b": [10, 20] }\n}'
  const document = parseJsonDocument('f', text).document

  it('falls back to the nearest ancestor that exists', () => {
    expect(document?.locateKey(['a', 'missing', 'deeper'])).toEqual({ file: 'f', line: 2, column: 3 })
    expect(document?.locateValue(['a', 'b', 7])).toEqual({ file: 'f', line: 2, column: 10 })
    expect(document?.locateKey(['nothing'])).toEqual({ file: 'f', line: 1, column: 1 })
    expect(document?.locateKey(['a', 'b', 0, 'x'])).toEqual({ file: 'f', line: 2, column: 16 })
  })

  it('counts lines that end in LF, CRLF or CR', () => {
    const index = createLineIndex('a\nb\r\nc\rd')
    expect([0, 2, 5, 7, 8].map((offset) => index.positionAt(offset))).toEqual([
      { line: 1, column: 1 },
      { line: 2, column: 1 },
      { line: 3, column: 1 },
      { line: 4, column: 1 },
      { line: 4, column: 2 },
    ])
  })
})
