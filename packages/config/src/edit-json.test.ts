import fc from 'fast-check'
import { createScanner } from 'jsonc-parser'
import { describe, expect, test } from 'vitest'
import { editJson } from './edit-json.ts'
import { valueAt, type JsonValue } from './json-value.ts'
import { parseJsonDocument } from './parse-json-document.ts'

const COMMENTED = `{
  // who it is
  "name": "Ada", // a fine name
  /* the dice */
  "dice": {
    "max": 3, // more is too many
    // "sides": 6,
    "default": "2d6" // as in the game
  }, // end of the dice
  "inline": { "a": 1, "b": 2 },
  "nothing": {},
  "later": {
    // "seconds": 10,
  },
}
`

describe('editJson', () => {
  test.each<[string, string[], unknown, string, string]>([
    ['a value', ['dice', 'max'], 20, '"max": 3,', '"max": 20,'],
    [
      'a new key, after the comment of the last one',
      ['dice', 'seed'],
      7,
      '"default": "2d6" // as in the game\n',
      '"default": "2d6", // as in the game\n    "seed": 7\n',
    ],
    ['a new key in a line', ['inline', 'c'], [1, 2], '"b": 2 }', '"b": 2, "c": [1, 2] }'],
    ['the first key', ['nothing', 'x'], true, '{},', '{\n    "x": true\n  },'],
    [
      'the first key, after what is commented out',
      ['later', 'x'],
      {},
      '// "seconds": 10,\n',
      '// "seconds": 10,\n    "x": {}\n',
    ],
    [
      'a new block, after a trailing comma',
      ['feeds', 'urls'],
      ['a'],
      '10,\n  },\n}',
      '10,\n  },\n  "feeds": {\n    "urls": [\n      "a"\n    ]\n  },\n}',
    ],
    [
      'nothing in place of a key, with its comment kept',
      ['dice', 'max'],
      undefined,
      '"max": 3, // more',
      '// more',
    ],
    [
      'nothing in place of the last key',
      ['dice', 'default'],
      undefined,
      '"max": 3, // more is too many\n    // "sides": 6,\n    "default": "2d6" // as',
      '"max": 3 // more is too many\n    // "sides": 6,\n    // as',
    ],
    ['nothing in place of a whole line', ['inline'], undefined, '  "inline": { "a": 1, "b": 2 },\n', ''],
    ['nothing in place of the first of a line', ['inline', 'a'], undefined, '{ "a": 1, "b"', '{ "b"'],
    ['nothing in place of the last of a line', ['inline', 'b'], undefined, '1, "b": 2 }', '1 }'],
    ['nothing where nothing is', ['dice', 'missing', 'deeper'], undefined, '', ''],
  ])('writes %s', (_, path, value, before, after) => {
    expect(COMMENTED).toContain(before)
    expect(editJson(COMMENTED, path, value)).toBe(COMMENTED.replace(before, () => after))
  })

  test('works in files with tabs, CRLF and CR', () => {
    for (const eol of ['\n', '\r\n', '\r']) {
      const text = ['{', '\t"a": 1 // one', '}', ''].join(eol)
      const longer = editJson(text, ['b', 'c'], 2)
      expect(longer).toBe(['{', '\t"a": 1, // one', '\t"b": {', '\t\t"c": 2', '\t}', '}', ''].join(eol))
      const shorter = editJson(editJson(longer, ['b', 'c'], undefined), ['b'], undefined)
      expect(shorter).toBe(text)
    }
  })

  // spaces, comments and the comma are drawn for every place where people may write them
  const gap = fc.constantFrom('', ' ', '\n  ', ' /* x */ ', ' // y, "z": {\n  ', '\n\n', '\r\n// }\r\n')
  const blank = fc.constantFrom('', ' ', '\n')
  const key = fc.constantFrom('a', 'b', 'c', 'dd', 'odd key"')
  const written: fc.Arbitrary<string> = fc.letrec<{ value: string; object: string }>((tie) => ({
    value: fc.oneof(
      { maxDepth: 3 },
      fc.constantFrom('1', '"text // no comment"', 'true', 'null', '[1, /* in */ 2,]'),
      tie('object'),
    ),
    object: fc
      .tuple(
        fc.uniqueArray(
          fc.tuple(key, tie('value'), gap, blank, blank, gap).map(([name, value, a, b, c, d]) => ({
            name,
            text: `${a}${JSON.stringify(name)}${b}:${c}${value}${d}`,
          })),
          { selector: ({ name }) => name, maxLength: 4 },
        ),
        gap,
        fc.boolean(),
      )
      .map(([members, rest, trailing]) => {
        const comma = trailing && members.length > 0 ? ',' : ''
        return `{${members.map(({ text }) => text).join(',')}${comma}${rest}}`
      }),
  })).object

  function commentsOf(text: string): string[] {
    const scanner = createScanner(text)
    const comments: string[] = []
    for (let token: number = scanner.scan(); token !== 17; token = scanner.scan())
      if (token === 12 || token === 13)
        comments.push(text.slice(scanner.getTokenOffset(), scanner.getPosition()))
    return comments
  }

  function valueOf(text: string): JsonValue | undefined {
    const { document, problems } = parseJsonDocument('f', text)
    expect({ text, problems }).toEqual({ text, problems: [] })
    return document?.value
  }

  function set(
    value: JsonValue | undefined,
    [first, ...rest]: string[],
    to: JsonValue | undefined,
  ): JsonValue {
    const object = typeof value === 'object' && value !== null && !Array.isArray(value) ? { ...value } : {}
    const inner = rest.length === 0 ? to : set(valueAt(object, [first ?? '']) as JsonValue, rest, to)
    const { [first ?? '']: _old, ...others } = object as Record<string, JsonValue>
    return inner === undefined ? others : { ...object, [first ?? '']: inner }
  }

  test('sets what was asked for and keeps everything else, comments included', () => {
    fc.assert(
      fc.property(written, fc.array(key, { minLength: 1, maxLength: 2 }), (text, path) => {
        const before = valueOf(text)
        const parent = valueAt(before, path.slice(0, -1))
        fc.pre(path.length === 1 || (typeof parent === 'object' && parent !== null && !Array.isArray(parent)))
        const old = valueAt(before, path)
        for (const value of [5, undefined]) {
          const edited = editJson(text, path, value)
          // a replaced object or list takes what was commented inside it along
          const comments = typeof old === 'object' ? commentsOf(edited) : commentsOf(text)
          expect({ edited, value: valueOf(edited), comments: commentsOf(edited) }).toEqual({
            edited,
            value: set(before, path, value),
            comments,
          })
        }
      }),
      { numRuns: 3000 },
    )
  })
})
