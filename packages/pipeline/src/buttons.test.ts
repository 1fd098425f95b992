import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import type { Button } from '@pluggram/sdk'
import type { Press } from './buttons.ts'
import { createTestButtons } from './test-doubles.ts'

const buttons = createTestButtons()
const NAMES = ['dice', 'admin', 'shop'].map((name) => [name, name] as const)
const press = (wire: string, more: Partial<Press> = {}): Press => ({ wire, chatId: 7, userId: 1, ...more })
const maker = (wire: string, more: Partial<Press> = {}, by = buttons): string | undefined =>
  by.makerOf(press(wire, more), NAMES)

test('data goes to the wire and back within 64 bytes, whatever its length', async () => {
  await fc.assert(
    fc.asyncProperty(fc.string({ unit: 'grapheme', minLength: 1, maxLength: 300 }), async (data) => {
      fc.pre(Buffer.byteLength(data) <= 1_024 && data.isWellFormed())
      const { wire, written } = buttons.signData(data, { plugin: 'dice', chatId: 7 })
      expect(Buffer.byteLength(wire)).toBeLessThanOrEqual(64)
      await written
      expect(maker(wire)).toBe('dice')
      expect(await buttons.dataOf(wire, 'dice')).toBe(data)
    }),
  )
})

describe('a press counts', () => {
  const { wire } = buttons.signData('buy:1', { plugin: 'shop', chatId: 7 })

  test('only in the chat for which the button was made', () => {
    expect(maker(wire)).toBe('shop')
    expect(maker(wire, { chatId: 8 })).toBeUndefined()
    expect(maker(wire, { chatId: -7 })).toBeUndefined()
  })

  test('in the supergroup that the chat became', () => {
    expect(maker(wire, { chatId: -1007 }, createTestButtons('a key of tests', [7]))).toBe('shop')
  })

  test('for one person, when it was made for one', () => {
    const own = buttons.signData('yes', { plugin: 'shop', chatId: 7, onlyFor: 1 }).wire
    expect(maker(own)).toBe('shop')
    expect(maker(own, { userId: 2 })).toBeUndefined()
    expect(buttons.isPersonal(own)).toBe(true)
    // claiming that it is for everybody changes what was signed
    expect(maker(`s${own.slice(1)}`, { userId: 2 })).toBeUndefined()
  })

  test('not after any change, and not with another key', () => {
    fc.assert(
      fc.property(
        fc.nat({ max: wire.length - 1 }),
        fc.string({ minLength: 1, maxLength: 1 }),
        (at, character) => {
          fc.pre(wire[at] !== character)
          expect(maker(wire.slice(0, at) + character + wire.slice(at + 1))).toBeUndefined()
        },
      ),
    )
    expect(maker(wire, {}, createTestButtons('another key'))).toBeUndefined()
  })

  test.each(['', 'jGl2:w:1:owner', 'page_2', 's', `s${'A'.repeat(20)}`, 'x'.repeat(64)])(
    'not for data that nobody signed: %s',
    (data) => expect(maker(data)).toBeUndefined(),
  )
})

test('plugins whose tags are equal keep their presses apart', () => {
  const seen = new Map<string, string>()
  let pair: readonly [string, string] | undefined
  for (let index = 0; !pair; index += 1) {
    const name = `plugin_${index}`
    const tag = buttons.signData('x', { plugin: name, chatId: 7 }).wire.slice(1, 5)
    const other = seen.get(tag)
    if (other !== undefined) pair = [other, name]
    seen.set(tag, name)
  }
  const named = pair.map((name) => [name, name] as const)
  for (const plugin of pair) {
    const { wire } = buttons.signData('x', { plugin, chatId: 7 })
    expect(buttons.makerOf(press(wire), named)).toBe(plugin)
    expect(buttons.makerOf(press(wire), named.toReversed())).toBe(plugin)
  }
})

test('long data of one plugin is not read by another', async () => {
  const { wire, written } = buttons.signData('x'.repeat(100), { plugin: 'shop', chatId: 7 })
  await written
  expect(await buttons.dataOf(wire, 'dice')).toBeUndefined()
})

test('a reply keeps its links and its other members; too much data or none is refused', async () => {
  const link: Button = { text: 'Docs', url: 'https://example.com' }
  const rows = [[link, { text: 'Stop', data: 'stop' }]]
  const signed = await buttons.sign({ text: 'x', buttons: rows, previewButtons: rows }, 'dice', 7)
  const wire = buttons.signData('stop', { plugin: 'dice', chatId: 7 }).wire
  const expected = [[link, { text: 'Stop', data: wire }]]
  expect(signed).toEqual({ text: 'x', buttons: expected, previewButtons: expected })
  const make = (data: string) => () => buttons.sign({ buttons: [[{ text: 'Buy', data }]] }, 'shop', 7)
  expect(make('é'.repeat(513))).toThrow(/of plugin shop has 1026 bytes/)
  expect(make('')).toThrow(/has 0 bytes/)
})
