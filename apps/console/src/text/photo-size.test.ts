import { describe, expect, it } from 'vitest'
import { photoSize } from './photo-size.ts'

describe('photoSize', () => {
  it('keeps the proportions of a large picture', () => {
    expect(photoSize(4000, 3000)).toEqual({ width: 400, height: 300 })
    expect(photoSize(1000, 4200)).toEqual({ width: 110, height: 420 })
  })

  it('leaves a small picture at its size, but never too small to click', () => {
    expect(photoSize(200, 150)).toEqual({ width: 200, height: 150 })
    expect(photoSize(1, 1)).toEqual({ width: 110, height: 110 })
  })

  it('reserves a place for a picture of unknown size', () => {
    expect(photoSize()).toEqual({ width: 400, height: 300 })
  })
})
