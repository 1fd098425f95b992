import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { EntityParseError } from './entity-parse-error.ts'
import { parseMarkdown } from './parse-markdown.ts'

describe('parseMarkdown', () => {
  it.each([
    [
      '*b* _i_',
      'b i',
      [
        { type: 'bold', offset: 0, length: 1 },
        { type: 'italic', offset: 2, length: 1 },
      ],
    ],
    ['a-b. (fine)!', 'a-b. (fine)!', []],
    ['\\_x\\_', '_x_', []],
    ['\\x', '\\x', []],
    ['*a _b_*', 'a _b_', [{ type: 'bold', offset: 0, length: 5 }]],
    ['`c`', 'c', [{ type: 'code', offset: 0, length: 1 }]],
    ['```py\nx\n```', 'x\n', [{ type: 'pre', offset: 0, length: 2, language: 'py' }]],
    ['```x```', 'x', [{ type: 'pre', offset: 0, length: 1 }]],
    ['[t](https://e.org) z', 't z', [{ type: 'text_link', offset: 0, length: 1, url: 'https://e.org/' }]],
    ['[t] z', 't z', []],
    ['**', '', []],
  ])('reads %j', (source, text, entities) => {
    expect(parseMarkdown(source)).toEqual({ text, entities })
  })

  it.each([
    ['snake_case', 5],
    ['é*', 2],
    ['`x', 0],
    ['[x', 0],
    ['```x``', 0],
  ])('refuses %j, which opens an entity and does not close it', (source, offset) => {
    expect(() => parseMarkdown(source)).toThrow(
      new EntityParseError(`Can't find end of the entity starting at byte offset ${offset}`),
    )
  })

  it('leaves text without its four special characters as it is', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme' }), (source) => {
        fc.pre(!/[_*`[]/.test(source))
        expect(parseMarkdown(source)).toEqual({ text: source, entities: [] })
      }),
    )
  })
})
