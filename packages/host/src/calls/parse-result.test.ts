import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { isPluggramError } from '@pluggram/sdk'
import { parseResponse, parseResult } from './parse-result.ts'

async function* streamed(): AsyncGenerator<string> {
  yield 'a'
}

const hostile = (): unknown =>
  new Proxy(
    {},
    {
      get() {
        throw new Proxy(
          {},
          {
            getPrototypeOf() {
              throw new Error('secret')
            },
          },
        )
      },
    },
  )

describe('a result', () => {
  test.each([undefined, null])("%s means that the message is not the plugin's", (value) => {
    expect(parseResult('x', value)).toBeUndefined()
  })

  test('of every kind passes, without what the contract does not know', () => {
    const stream = streamed()
    const aStream: unknown = expect.toSatisfy((value) => Symbol.asyncIterator in Object(value))
    const bytes = new Uint8Array([1])
    const results: [unknown, unknown][] = [
      [{ success: true }, { success: true }],
      [
        { success: true, response: 'hi', extra: 1 },
        { success: true, response: 'hi' },
      ],
      [
        { success: true, response: null, data: [1] },
        { success: true, data: [1] },
      ],
      [
        { success: false, error: 'no' },
        { success: false, error: 'no' },
      ],
      [
        { success: true, response: stream },
        { success: true, response: aStream },
      ],
      [
        { success: true, response: ['a', { text: 'b', format: 'html', colour: 1 }] },
        { success: true, response: ['a', { text: 'b', format: 'html' }] },
      ],
      [
        {
          success: true,
          response: {
            text: stream,
            buttons: [
              [
                { text: 'A', data: 'a' },
                { text: 'B', url: 'https://b.example' },
              ],
              [],
            ],
            media: { kind: 'photo', source: bytes, fileName: 'a.png' },
            location: { latitude: -90, longitude: 180 },
            reaction: '👍',
            replyToMessageId: 1,
            silent: true,
            linkPreview: false,
          },
        },
        {
          success: true,
          response: {
            text: aStream,
            buttons: [
              [
                { text: 'A', data: 'a' },
                { text: 'B', url: 'https://b.example' },
              ],
            ],
            media: { kind: 'photo', source: bytes, fileName: 'a.png' },
            location: { latitude: -90, longitude: 180 },
            reaction: '👍',
            replyToMessageId: 1,
            silent: true,
            linkPreview: false,
          },
        },
      ],
      [
        { success: true, response: { editMessageId: 4, buttons: [] } },
        { success: true, response: { editMessageId: 4, buttons: [] } },
      ],
    ]
    for (const [given, read] of results) expect(parseResult('x', given)).toEqual(read)
  })

  test('what a stream returns is read like a reply', async () => {
    const endOf = async (returned: unknown): Promise<unknown> => {
      async function* text(): AsyncGenerator<string, unknown> {
        yield 'a'
        return returned
      }
      const result = parseResult('x', { success: true, response: { text: text() } })
      const { response } = result as { response: { text: AsyncIterable<string, unknown> } }
      const iterator = response.text[Symbol.asyncIterator]()
      expect(await iterator.next()).toEqual({ done: false, value: 'a' })
      return (await iterator.next()).value
    }
    const buttons = [[{ text: 'A', data: 'a' }]]
    expect(await endOf({ buttons, text: 'more', editMessageId: 4 })).toEqual({ buttons })
    for (const nothing of [undefined, null, 'words', 4, {}]) expect(await endOf(nothing)).toBeUndefined()
    for (const odd of ['rows', [['A']], [[{ text: 'A' }]], [[{ text: 'A', data: 'x'.repeat(2_000) }]]])
      await expect(endOf({ buttons: odd })).rejects.toThrow('buttons')
  })

  test.for<[unknown, RegExp]>([
    ['text', /expected \{ success: true, response \} or undefined, got a string/],
    [{ response: 'x' }, /success must be true or false/],
    [{ success: 'yes' }, /success must be/],
    [{ success: false }, /error is not a string/],
    [{ success: false, error: new Error('x') }, /error is not a string/],
    [{ success: true, response: 5 }, /response must be text or a reply/],
    [{ success: true, response: {} }, /response has nothing to send/],
    [{ success: true, response: { message: 'x' } }, /nothing to send/],
    [{ success: true, response: ['a', 5] }, /response\[1\] must be text or a reply/],
    [{ success: true, response: [['a']] }, /response\[0\] must be/],
    [{ success: true, response: { text: 5 } }, /response.text must be text/],
    [
      { success: true, response: { text: 'a', format: 'rtf' } },
      /response.format must be one of plain, markdown, html/,
    ],
    [
      { success: true, response: { text: 'a', buttons: [{ text: 'A', data: 'a' }] } },
      /buttons\[0\] must be a row/,
    ],
    [{ success: true, response: { text: 'a', buttons: [[{ text: 'A' }]] } }, /needs data or url/],
    [
      { success: true, response: { text: 'a', buttons: [[{ text: 'A', data: 'é'.repeat(513) }]] } },
      /has 1026 bytes; 1024 are possible/,
    ],
    [{ success: true, response: { text: 'a', buttons: [[{ text: 'A', url: 'nowhere' }]] } }, /whole address/],
    [
      { success: true, response: { media: { kind: 'gif', source: { fileId: 'x' } } } },
      /media.kind must be one of/,
    ],
    [
      { success: true, response: { media: { kind: 'photo', source: '/etc/passwd' } } },
      /media.source must be bytes/,
    ],
    [
      { success: true, response: { media: { kind: 'photo', source: { url: 'file:///etc/passwd' } } } },
      /media.source must be/,
    ],
    [{ success: true, response: { media: { kind: 'photo', source: new Uint8Array() } } }, /no bytes/],
    [{ success: true, response: { location: { latitude: 91, longitude: 0 } } }, /latitude/],
    [{ success: true, response: { location: { latitude: Number.NaN, longitude: 0 } } }, /latitude/],
    [{ success: true, response: { text: 'a', editMessageId: 1.5 } }, /editMessageId must be a message's id/],
    [{ success: true, response: { text: 'a', silent: 'yes' } }, /silent must be true or false/],
    [{ success: true, response: { length: 5 } }, /nothing to send/],
    [{ success: true, response: Array.from({ length: 1001 }, () => 'x') }, /1001 replies/],
    [hostile(), /it cannot be read/],
    [{ success: true, response: hostile() }, /it cannot be read/],
    [{ success: true, response: [hostile()] }, /it cannot be read/],
  ])('that is none (case %#) is refused with its place, naming the plugin', ([value, reason]) => {
    let caught: unknown
    try {
      parseResult('weather', value)
    } catch (error) {
      caught = error
    }
    expect(isPluggramError(caught)).toBe(true)
    expect(caught).toMatchObject({
      code: 'reply-invalid',
      message: expect.stringMatching(/^Plugin weather returned an invalid result: /),
    })
    expect(caught).toMatchObject({ message: expect.stringMatching(reason) })
  })

  test("of any shape either passes or is refused as the plugin's", () => {
    fc.assert(
      fc.property(
        fc.oneof(
          fc.anything(),
          fc.record({ success: fc.boolean(), response: fc.anything(), error: fc.anything() }),
          fc.record({
            success: fc.constant(true),
            response: fc.record({
              text: fc.anything(),
              buttons: fc.array(fc.array(fc.anything())),
              media: fc.anything(),
            }),
          }),
        ),
        (value) => {
          let outcome: unknown
          try {
            outcome = parseResult('x', value)?.success ?? true
          } catch (error) {
            outcome = isPluggramError(error) || error
          }
          expect(outcome).toBeTypeOf('boolean')
        },
      ),
      { numRuns: 2_000 },
    )
  })
})

test('a response is checked alike', () => {
  expect(parseResponse('x', ['a', { text: 'b' }])).toEqual(['a', { text: 'b' }])
  expect(() => parseResponse('x', undefined)).toThrow('Plugin x returned an invalid result')
})
