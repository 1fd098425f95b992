import { expect, test } from 'vitest'
import { sniffPicture } from './sniff-picture.ts'

const bytes = (...parts: readonly (string | readonly number[])[]): Uint8Array =>
  Buffer.concat(
    parts.map((part) => (typeof part === 'string' ? Buffer.from(part, 'latin1') : Buffer.from(part))),
  )
const zeros = (count: number): number[] => Array.from({ length: count }, () => 0)
const box = (brand: string): Uint8Array => bytes([0, 0, 0, 24], 'ftyp', brand, zeros(12))
const gif = (frames: number): Uint8Array => {
  const frame = [0x2c, ...zeros(8), 0, 2, 1, 0, 0]
  const control = [0x21, 0xf9, 4, ...zeros(4), 0]
  return bytes(
    'GIF89a',
    [3, 0, 2, 0, 0, 0, 0],
    ...Array.from({ length: frames }, () => [...control, ...frame]),
    [0x3b],
  )
}

test.each([
  [
    bytes([0x89], 'PNG\r\n\x1a\n', zeros(4), 'IHDR', [0, 0, 1, 0], [0, 0, 0, 9]),
    { type: 'image/png', width: 256, height: 9 },
  ],
  [
    bytes([0xff, 0xd8, 0xff, 0xe0, 0, 4, 0, 0, 0xff, 0xc2, 0, 11, 8, 0, 9, 1, 0], zeros(8)),
    { type: 'image/jpeg', width: 256, height: 9 },
  ],
  [bytes([0xff, 0xd8, 0xff, 0xe1, 0xff, 0xff], zeros(20)), { type: 'image/jpeg' }],
  [gif(1), { type: 'image/gif', width: 3, height: 2, isAnimated: false }],
  [gif(2), { type: 'image/gif', isAnimated: true }],
  [
    bytes('RIFF', zeros(4), 'WEBPVP8X', [10, 0, 0, 0, 2, 0, 0, 0, 255, 1, 0, 9, 0, 0]),
    { type: 'image/webp', width: 512, height: 10, isAnimated: true },
  ],
  [
    bytes('RIFF', zeros(4), 'WEBPVP8 ', zeros(10), [64, 1, 200, 0]),
    { type: 'image/webp', width: 320, height: 200 },
  ],
  [box('heic'), { type: 'image/heic', name: 'HEIC' }],
  [box('hevx'), { type: 'image/heic' }],
  [box('mif1'), { type: 'image/heif' }],
  [box('avif'), { type: 'image/avif' }],
  [bytes('II*\0', zeros(12)), { type: 'image/tiff', name: 'TIFF' }],
  [bytes('MM\0*', zeros(12)), { type: 'image/tiff' }],
  [bytes('BM', zeros(12)), { type: 'image/bmp' }],
  [bytes('8BPS', zeros(12)), { type: 'image/vnd.adobe.photoshop' }],
  [bytes([0, 0, 0, 12], 'JXL \r\n', zeros(4)), { type: 'image/jxl' }],
  [bytes([0, 0, 1, 0], zeros(12)), { type: 'image/x-icon' }],
  [bytes('<?xml version="1.0"?>\n<svg xmlns="x">'), { type: 'image/svg+xml' }],
])('knows %# by its bytes', (picture, expected) => {
  expect(sniffPicture(picture)).toMatchObject(expected)
})

test.each([
  ['a text', bytes('hello, world and more')],
  ['nothing', bytes('')],
  ['a film', box('isom')],
  ['a compressed sticker', bytes([0x1f, 0x8b, 8], zeros(20))],
  ['HTML with a drawing in it', bytes('<html><svg></svg></html>')],
])('%s is no picture', (_name, content) => {
  expect(sniffPicture(content)).toBeUndefined()
})

test('a picture that is cut off anywhere is read without a fault', () => {
  const whole = [
    gif(2),
    bytes([0xff, 0xd8, 0xff, 0xe0, 0, 4, 0, 0, 0xff, 0xc2, 0, 11, 8, 0, 9, 1, 0]),
    box('heic'),
  ]
  for (const picture of whole) {
    for (let end = 0; end <= picture.length; end += 1) {
      const type = sniffPicture(picture.subarray(0, end))?.type
      expect(['image/gif', 'image/jpeg', 'image/heic', undefined]).toContain(type)
    }
  }
})
