import { describe, expect, it } from 'vitest'
import { uploadKindOf } from './upload-kind.ts'

describe('uploadKindOf', () => {
  it.each([
    ['image/png', 'photo'],
    ['image/svg+xml', 'document'],
    ['video/mp4', 'video'],
    ['audio/mpeg', 'audio'],
    ['application/pdf', 'document'],
    ['', 'document'],
  ])('sends %s as %s', (type, kind) => {
    expect(uploadKindOf({ type }, 'media')).toBe(kind)
  })

  it('sends anything as a file on demand', () => {
    expect(uploadKindOf({ type: 'image/png' }, 'document')).toBe('document')
  })
})
