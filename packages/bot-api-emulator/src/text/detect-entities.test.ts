import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { detectEntities } from './detect-entities.ts'

function found(text: string): [type: string, value: string][] {
  return detectEntities(text).map(({ type, offset, length }) => [type, text.slice(offset, offset + length)])
}

describe('detectEntities', () => {
  it.each<[string, [string, string][]]>([
    ['/start now', [['bot_command', '/start']]],
    [
      '/start@some_bot x /b_2',
      [
        ['bot_command', '/start@some_bot'],
        ['bot_command', '/b_2'],
      ],
    ],
    ['and/or a//b </x> /a/b', []],
    ['/стоп', []],
    ['hi @someone, @abc and a@b', [['mention', '@someone']]],
    ['see https://e.org/a?b=c#d.', [['url', 'https://e.org/a?b=c#d']]],
    [
      '(see t.me/x) and e.org, main.ts',
      [
        ['url', 't.me/x'],
        ['url', 'e.org'],
      ],
    ],
    ['http://localhost:8080/x 1.5', [['url', 'http://localhost:8080/x']]],
    ['mail ada@example.org now', [['email', 'ada@example.org']]],
    [
      '#tag #1 #тег2 x#no',
      [
        ['hashtag', '#tag'],
        ['hashtag', '#тег2'],
      ],
    ],
    ['$USD $usd $ABCDEFGHI', [['cashtag', '$USD']]],
    ['https://e.org/@name#x', [['url', 'https://e.org/@name#x']]],
    ['', []],
  ])('finds in %j what Telegram marks', (text, expected) => {
    expect(found(text)).toEqual(expected)
  })

  it('never gives overlapping or empty entities', () => {
    const piece = fc.constantFrom(
      '/',
      '@',
      '#',
      '$',
      '.',
      ':',
      'a',
      'B',
      '1',
      ' ',
      'http://',
      'e.org',
      '_',
      '😀',
      '(',
      ')',
    )
    fc.assert(
      fc.property(fc.array(piece, { maxLength: 40 }), (parts) => {
        const text = parts.join('')
        let end = 0
        for (const { offset, length } of detectEntities(text)) {
          expect(offset).toBeGreaterThanOrEqual(end)
          expect(length).toBeGreaterThan(0)
          end = offset + length
        }
        expect(end).toBeLessThanOrEqual(text.length)
      }),
      { numRuns: 500 },
    )
  })
})
