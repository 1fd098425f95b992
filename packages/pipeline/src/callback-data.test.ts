import fc from 'fast-check'
import { expect, test } from 'vitest'
import { callbackTag, parseCallbackData, withWireButtons } from './callback-data.ts'

test('data goes to the wire and back, within 64 bytes', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'grapheme', minLength: 1 }), (data) => {
      fc.pre(Buffer.byteLength(data) <= 59)
      const reply = withWireButtons({ buttons: [[{ text: 'x', data }]] }, 'dice')
      const button = reply.buttons?.[0]?.[0]
      const wire = button && 'data' in button ? button.data : ''
      expect(Buffer.byteLength(wire)).toBeLessThanOrEqual(64)
      expect(parseCallbackData(wire)).toEqual({ tag: callbackTag('dice'), data })
    }),
  )
})

test('a button with too much data or none is refused with the plugin and the button named', () => {
  const make = (data: string) => () => withWireButtons({ buttons: [[{ text: 'Buy', data }]] }, 'shop')
  expect(make('é'.repeat(30))).toThrow(/"Buy" of plugin shop carries 60 bytes/)
  expect(make('')).toThrow(/carries 0 bytes/)
})

test('buttons of a preview go to the wire, too', () => {
  const reply = withWireButtons({ text: 'x', previewButtons: [[{ text: 'Stop', data: 'stop' }]] }, 'dice')
  expect(reply).toEqual({
    text: 'x',
    previewButtons: [[{ text: 'Stop', data: `${callbackTag('dice')}:stop` }]],
  })
})

test('links stay as they are, and foreign data belongs to nobody', () => {
  const link = { text: 'Docs', url: 'https://example.com' }
  expect(withWireButtons({ buttons: [[link]] }, 'x').buttons).toEqual([[link]])
  expect(parseCallbackData('page_2')).toBeUndefined()
  expect(parseCallbackData('')).toBeUndefined()
})
