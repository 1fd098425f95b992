import { inflateSync } from 'node:zlib'
import { expect, test } from 'vitest'
import { renderPng } from './render-png.ts'

const { signal } = new AbortController()

/** Width, height, and the number of pixel bytes that are neither black nor white. */
function readPng(png: Uint8Array): { width: number; height: number; ink: number } {
  const bytes = Buffer.from(png)
  const data: Buffer[] = []
  for (let at = 8; at < bytes.length; at += bytes.readUInt32BE(at) + 12) {
    if (bytes.toString('latin1', at + 4, at + 8) === 'IDAT') {
      data.push(bytes.subarray(at + 8, at + 8 + bytes.readUInt32BE(at)))
    }
  }
  const [width, height] = [bytes.readUInt32BE(16), bytes.readUInt32BE(20)]
  // each line starts with a byte for its filter type
  const isPixel = (index: number): boolean => index % (4 * width + 1) !== 0
  const pixels = inflateSync(Buffer.concat(data))
  const ink = pixels.filter((value, index) => isPixel(index) && value !== 0 && value !== 255).length
  return { width, height, ink }
}

function svg(text: string): string {
  return `<svg xmlns="http://www.w3.org/2000/svg" width="300" height="40"><rect width="300" height="40" fill="#fff"/><text x="5" y="25" font-family="DejaVu Sans">${text}</text></svg>`
}

test('text is drawn with a font that comes along', async () => {
  const [empty, words] = [
    readPng(await renderPng(svg(''), signal)),
    readPng(await renderPng(svg('Grüße, мир'), signal)),
  ]
  expect(words).toMatchObject({ width: 300, height: 40 })
  expect(words.ink).toBeGreaterThan(empty.ink + 200)
})

test('what is no picture is refused', async () => {
  await expect(renderPng('<svg', signal)).rejects.toMatchObject({ name: 'ThreadWorkError', isLate: false })
})

test('a picture reads no file of the machine', async () => {
  const image = (address: string): string =>
    `<svg xmlns="http://www.w3.org/2000/svg" width="300" height="40"><image href="${address}" width="300" height="40"/></svg>`
  const file = `${import.meta.dirname}/../../../docs/images/playground.png`
  expect(readPng(await renderPng(image(file), signal)).ink).toBe(0)
})
