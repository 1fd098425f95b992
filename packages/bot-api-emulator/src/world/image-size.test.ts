import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { TINY_PNG } from '../testing/bot-api-client.ts'
import { readImageSize } from './image-size.ts'

const riff = (chunk: string, hex: string): Buffer =>
  Buffer.concat([
    Buffer.from(`RIFF\0\0\0\0WEBP${chunk}\0\0\0\0`, 'latin1'),
    Buffer.from(hex, 'hex'),
    Buffer.alloc(12),
  ])

describe('readImageSize', () => {
  it.each([
    ['PNG', TINY_PNG, 3, 2, 'image/png'],
    ['GIF', Buffer.concat([Buffer.from('GIF89a'), Buffer.from([7, 0, 5, 1])]), 7, 261, 'image/gif'],
    ['JPEG', Buffer.from('ffd8ffe000041234ffc0000b080102030401', 'hex'), 772, 258, 'image/jpeg'],
    ['lossy WebP', riff('VP8 ', '0000009d012a0a001400'), 10, 20, 'image/webp'],
    ['lossless WebP', riff('VP8L', '2f09c00400'), 10, 20, 'image/webp'],
    ['extended WebP', riff('VP8X', '00000000090000130000'), 10, 20, 'image/webp'],
  ])('reads a %s', (_name, bytes, width, height, mimeType) => {
    expect(readImageSize(bytes)).toEqual({ width, height, mimeType })
  })

  it('survives any bytes, also behind a right signature', () => {
    const signature = fc.constantFrom(
      '',
      '89504e470d0a1a0a',
      'ffd8ff',
      '47494638',
      '52494646000000005745425056503820',
    )
    fc.assert(
      fc.property(signature, fc.uint8Array({ maxLength: 64 }), (prefix, bytes) => {
        const size = readImageSize(Buffer.concat([Buffer.from(prefix, 'hex'), bytes]))
        expect(size === undefined || (size.width >= 0 && size.height >= 0)).toBe(true)
      }),
    )
  })
})
